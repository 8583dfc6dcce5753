/** What a house rule says about one place: where it is, which rule, why it matters and what to do. */

export interface Violation {
  path: string
  line: number
  rule: string
  message: string
}

export const show = ({ path, line, rule, message }: Violation): string => `${path}:${line} [${rule}] ${message}`
