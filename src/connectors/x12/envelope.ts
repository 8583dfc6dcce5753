/** Segments and their envelope: node-x12 knows the syntax and its counts, here are our delimiters and what we allow. */
import x12 from 'node-x12'
import { Fault } from '../../fault.ts'
import type { X12Config } from './config.ts'

export type Segment = readonly [tag: string, ...elements: string[]]

export interface Transaction {
  /** `945` */
  set: string
  control: string
  segments: Segment[]
}

export interface Group {
  /** `SW` */
  code: string
  control: string
  /** UTC with milliseconds, as far as it is told. */
  at: string
  transactions: Transaction[]
}

export interface Interchange {
  control: string
  from: string
  to: string
  groups: Group[]
}

/** Letters, digits and signs every partner can read, without what separates elements. */
export function plain(text: string, max: number): string {
  const bare = text.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss')
  return bare
    .replace(/[^\x20-\x7e]|[*~>^]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, max)
    .trim()
}

const two = (value: number): string => String(value).padStart(2, '0')

/** One transaction in one group in one interchange, all under one number. */
export function wrapped(
  { us, them, test }: X12Config,
  number: number,
  nowMs: number,
  set: { code: string; set: string; segments: readonly Segment[] },
): string {
  const now = new Date(nowMs)
  const date = `${now.getUTCFullYear()}${two(now.getUTCMonth() + 1)}${two(now.getUTCDate())}`
  const time = `${two(now.getUTCHours())}${two(now.getUTCMinutes())}`
  const nine = String(number).padStart(9, '0')
  const control = String(number).padStart(4, '0')
  const all: Segment[] = [
    [
      'ISA',
      '00',
      ' '.repeat(10),
      '00',
      ' '.repeat(10),
      us.qualifier,
      us.id.padEnd(15),
      them.qualifier,
      them.id.padEnd(15),
      date.slice(2),
      time,
      'U',
      '00401',
      nine,
      '0',
      test ? 'T' : 'P',
      '>',
    ],
    ['GS', set.code, us.id.trim(), them.id.trim(), date, time, String(number), 'X', '004010'],
    ['ST', set.set, control],
    ...set.segments,
    ['SE', String(set.segments.length + 2), control],
    ['GE', '1', String(number)],
    ['IEA', '1', nine],
  ]
  return all.map((segment) => `${trimmed(segment).join('*')}~\n`).join('')
}

/** Empty elements at the end are not written. */
const trimmed = (segment: Segment): string[] => {
  const all = [...segment]
  while (all[0] !== 'ISA' && all.at(-1) === '') all.pop()
  return all
}

/** Throws `malformed` with the reason: a count that does not fit, a control number, a broken segment. */
export function readInterchange(text: string): Interchange {
  let parsed: InstanceType<typeof x12.X12Interchange> | InstanceType<typeof x12.X12FatInterchange>
  try {
    parsed = new x12.X12Parser(true).parse(text.trimEnd())
  } catch (error) {
    throw bad(error instanceof Error ? error.message.replace(/^X12 Standard: /, '') : String(error))
  }
  if (!(parsed instanceof x12.X12Interchange)) throw bad('One file holds several interchanges. Send them one by one.')
  requireEnds(parsed)
  const head = parsed.header.elements.map(({ value }) => (value ?? '').trim())
  return {
    control: String(Number(head[12])),
    from: head[5] ?? '',
    to: head[7] ?? '',
    groups: parsed.functionalGroups.map((group) => {
      const [code = '', , , date = '', time = '', control = ''] = group.header.elements.map(({ value }) => value ?? '')
      const transactions = group.transactions.map((one) => {
        const [set = '', number = ''] = one.header.elements.map(({ value }) => value ?? '')
        const segments = one.segments.map((each): Segment => [
          each.tag,
          ...each.elements.map(({ value }) => value ?? ''),
        ])
        return { set, control: number, segments }
      })
      return { code, control, at: momentOf(date, time), transactions }
    }),
  }
}

/** The parser counts what ends, and lets through what does not. */
function requireEnds({ trailer, functionalGroups }: InstanceType<typeof x12.X12Interchange>): void {
  for (const group of functionalGroups) {
    for (const one of group.transactions)
      if (!one.trailer) throw bad(`SE is missing at the end of ${one.header.elements[0]?.value ?? 'a set'}.`)
    if (!group.trailer) throw bad('GE is missing at the end of a group.')
  }
  if (!trailer) throw bad('IEA is missing at the end.')
}

/** `20261121`, `1530`. A partner's clock without a zone counts as UTC. */
export function momentOf(date: string, time = ''): string {
  const found = /^(\d{4})(\d\d)(\d\d)$/.exec(date)
  const clock = /^(\d\d)(\d\d)/.exec(time.padEnd(4, '0'))
  const text = found ? `${found[1]}-${found[2]}-${found[3]}T${clock?.[1] ?? '00'}:${clock?.[2] ?? '00'}:00.000Z` : ''
  if (!found || Number.isNaN(Date.parse(text))) throw bad(`'${date}' is no date.`)
  return text
}

export const bad = (reason: string): Fault =>
  new Fault('malformed', `A file of the partner is refused: ${reason}`, { code: 'x12.bad_file' })
