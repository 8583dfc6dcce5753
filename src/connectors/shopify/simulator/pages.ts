/** Connections and the search syntax: which nodes, from where, how many. */
import { GraphQLError } from 'graphql'

export interface PageArgs {
  first?: number | null
  last?: number | null
  after?: string | null
  before?: string | null
}

const encode = (position: number): string => Buffer.from(JSON.stringify({ last_id: position })).toString('base64')

export function decode(cursor: string): number {
  try {
    const { last_id: position } = JSON.parse(Buffer.from(cursor, 'base64').toString()) as { last_id: unknown }
    if (typeof position === 'number') return position
  } catch {}
  throw new GraphQLError('Invalid cursor for current pagination sort.')
}

/** How many nodes are asked for. As Shopify does: one of first and last is needed, and at most 250. */
export function countOf({ first, last }: PageArgs): number {
  const count = first ?? last
  if (count === null || count === undefined) throw new GraphQLError('you must provide one of first or last')
  if (count < 0 || count > 250) throw new GraphQLError(`${count} is not between 0 and 250`)
  return count
}

/** A page of a list that is at hand. */
export function connection<T>(items: readonly T[], args: PageArgs, view: (item: T) => unknown) {
  const count = countOf(args)
  const from = args.after ? decode(args.after) + 1 : 0
  const to = args.before ? decode(args.before) : items.length
  const within = items.slice(from, to)
  const backwards = args.first === null || args.first === undefined
  const start = backwards ? Math.max(0, within.length - count) : 0
  const picked = within.slice(start, start + count)
  const offset = from + start
  return page(
    picked.map((item, index) => ({ position: offset + index, item })),
    view,
    {
      next: offset + picked.length < items.length,
      previous: offset > 0,
    },
  )
}

export function page<T>(
  picked: readonly { position: number; item: T }[],
  view: (item: T) => unknown,
  more: { next: boolean; previous: boolean },
) {
  const nodes = () => picked.map(({ item }) => view(item))
  return {
    nodes,
    edges: () => picked.map(({ position, item }) => ({ cursor: encode(position), node: view(item) })),
    pageInfo: {
      hasNextPage: more.next,
      hasPreviousPage: more.previous,
      startCursor: picked.length > 0 ? encode(picked[0]!.position) : null,
      endCursor: picked.length > 0 ? encode(picked.at(-1)!.position) : null,
    },
  }
}

export interface Term {
  field: string
  comparator: '' | '>' | '>=' | '<' | '<='
  value: string
}

const TERM = /^(\w+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|(\S+))(?:\s+(?:AND\s+)?|$)/

/** Terms all of which must hold: `updated_at:>='2026-11-21T05:30:00Z' sku:A-1`. Other syntax is not simulated. */
export function parseSearch(query: string | null | undefined): Term[] {
  const terms: Term[] = []
  for (let rest = (query ?? '').trim(); rest !== '';) {
    const match = TERM.exec(rest)
    if (!match) throw new GraphQLError(`Not simulated: the search '${rest}'.`)
    const value = match[3] ?? match[4] ?? match[5]!
    terms.push({ field: match[1]!, comparator: (match[2] ?? '') as Term['comparator'], value })
    rest = rest.slice(match[0].length)
  }
  return terms
}

/** Whether a moment fits a term on it. */
export function momentFits(at: number, { comparator, value }: Term): boolean {
  const bound = Date.parse(value)
  if (Number.isNaN(bound)) throw new GraphQLError(`Not simulated: the moment '${value}'.`)
  switch (comparator) {
    case '>=':
      return at >= bound
    case '>':
      return at > bound
    case '<=':
      return at <= bound
    case '<':
      return at < bound
    case '':
      return at === bound
  }
}
