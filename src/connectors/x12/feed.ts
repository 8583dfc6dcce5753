/**
 * Reads what the partner left: each transaction becomes a reading, and in the pass after the one that stored it the
 * file moves to the archive and is acknowledged, so that nothing is moved or confirmed before it is safe.
 */
import { createHash } from 'node:crypto'
import type { Json } from '#canon/json.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import type { Files } from '../kit/files.ts'
import { bad, type Group, type Interchange, readInterchange, type Segment } from './envelope.ts'
import { sentAs } from './ledger.ts'
import { acknowledge, type Partner, referenceFrom } from './outbound.ts'
import { noticesIn } from './ship-notice.ts'
import { STOCK_SETS, WrongSegment } from './stock-sets.ts'

const EVERY_MS = 30_000
const FILES_PER_PAGE = 20
const FILE_BYTES_MAX = 8 * 1024 * 1024
/** A file without its end that nobody has written to for so long will not get one any more. */
const STILL_WRITTEN_MS = 10 * 60_000

const wrong = z.object({ tag: z.string(), place: z.int() })
const transaction = z.object({ set: z.string(), control: z.string(), wrong: wrong.optional() })
const cursorShape = z.object({
  read: z.array(z.string()),
  bad: z.array(z.string()),
  acks: z.array(
    z.object({ interchange: z.string(), code: z.string(), control: z.string(), transactions: z.array(transaction) }),
  ),
})
type Cursor = z.infer<typeof cursorShape>

export const partnerFeed = (partner: Partner): Feed => ({
  everyMs: EVERY_MS,
  async read(stored): Promise<FeedPage> {
    const before = cursorShape.safeParse(stored).data
    return partner.exchange(async (files) => {
      if (before) await settle(partner, files, before)
      return page(partner, files)
    })
  },
})

async function settle(partner: Partner, files: Files, { read, bad: spoilt, acks }: Cursor): Promise<void> {
  for (const { interchange, ...group } of acks) await acknowledge(partner, interchange, group)
  for (const name of read) await files.move(`in/${name}`, `in/archive/${name}`)
  for (const name of spoilt) await files.move(`in/${name}`, `in/bad/${name}`)
}

async function page(partner: Partner, files: Files): Promise<FeedPage> {
  const readings: Reading[] = []
  const cursor: Cursor = { read: [], bad: [], acks: [] }
  const found = (await files.list('in')).filter(({ name }) => !/\.(tmp|part|filepart)$/i.test(name))
  for (const { name, sizeBytes, changedMs } of found.slice(0, FILES_PER_PAGE)) {
    if (sizeBytes > FILE_BYTES_MAX) {
      readings.push(badReading(name, `It has ${sizeBytes} bytes; ${FILE_BYTES_MAX} are the most.`, ''))
      cursor.bad.push(name)
      continue
    }
    const text = (await files.read(`in/${name}`)) ?? ''
    if (isUnfinished(text) && partner.now() - changedMs < STILL_WRITTEN_MS) continue
    try {
      const interchange = addressed(readInterchange(text), partner)
      for (const group of interchange.groups) {
        const read = await readingsOf(interchange, group, partner, name)
        readings.push(...read.map(({ reading }) => reading))
        const { code, control } = group
        const transactions = read.map(({ reading: _, ...one }) => one)
        if (code !== 'FA') cursor.acks.push({ interchange: interchange.control, code, control, transactions })
      }
      cursor.read.push(name)
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'malformed') throw error
      readings.push(badReading(name, error.message, text))
      cursor.bad.push(name)
    }
  }
  return { readings, cursor, more: cursor.read.length + cursor.bad.length > 0 }
}

const isUnfinished = (text: string): boolean => !/IEA[^A-Za-z0-9]\d+[^A-Za-z0-9]\d+\W*$/.test(text)

function addressed(interchange: Interchange, { config }: Partner): Interchange {
  if (interchange.from === config.them.id.trim() && interchange.to === config.us.id.trim()) return interchange
  throw bad(`ISA06 is '${interchange.from}' and ISA08 '${interchange.to}': it is not from this partner to us.`)
}

type Read = z.infer<typeof transaction> & { reading: Reading }

async function readingsOf({ control }: Interchange, group: Group, partner: Partner, file: string): Promise<Read[]> {
  const { config } = partner
  const read: Read[] = []
  for (const { set, control: own, segments } of group.transactions) {
    const key = `${set}:${control}:${group.control}:${own}`
    if (set === '945') {
      const number = segments.find(([tag]) => tag === 'W06')?.[2] ?? ''
      const name = `${control}-${group.control}-${own}`
      const body = { reference: referenceFrom(number, config), name, at: group.at, segments }
      read.push({ set, control: own, reading: { key, topic: '945', body: body as unknown as Json } })
    } else if (set === '856') read.push({ set, control: own, ...noticeReading({ key, set, segments }, config, file) })
    else if (set in STOCK_SETS) read.push({ set, control: own, ...shelfReading({ key, set, segments }, config, file) })
    else if (set === '997')
      read.push({ set, control: own, reading: await answerReading(key, group.at, segments, partner) })
    else throw bad(`It holds a ${set}, which is not agreed with this partner.`)
  }
  return read
}

/** One that is wrong is refused alone: the partner hears which segment, and a person has it as it came. */
function shelfReading(
  { key, set, segments }: Said,
  { warehouse, them }: Partner['config'],
  file: string,
): Omit<Read, 'set' | 'control'> {
  const partner = them.id.trim()
  return understood({ key, set, segments }, file, () => {
    STOCK_SETS[set]!(segments, partner)
    return { warehouse, partner, segments }
  })
}

function noticeReading(said: Said, config: Partner['config'], file: string): Omit<Read, 'set' | 'control'> {
  return understood(said, file, () => ({
    notices: noticesIn(said.segments, (number) => referenceFrom(number, config) !== null).map(
      ({ number, ...notice }) => ({ reference: referenceFrom(number, config), ...notice }),
    ),
  }))
}

interface Said {
  key: string
  set: string
  segments: readonly Segment[]
}

function understood({ key, set, segments }: Said, file: string, body: () => object): Omit<Read, 'set' | 'control'> {
  try {
    return { reading: { key, topic: set, body: body() as Json } }
  } catch (error) {
    if (!(error instanceof WrongSegment)) throw error
    const { tag, place, message } = error
    const text = segments.map((one) => one.join('*')).join('~\n')
    return { wrong: { tag, place }, reading: badReading(`${file}, ${set}`, message, `${key}\n${text}`) }
  }
}

/** A set of ours is alone in its group, so the group's number names it. */
async function answerReading(
  key: string,
  at: string,
  segments: readonly Segment[],
  partner: Partner,
): Promise<Reading> {
  const find = (tag: string) => segments.find(([one]) => one === tag)
  const number = Number(find('AK1')?.[2] ?? Number.NaN)
  const entry = Number.isInteger(number) ? await sentAs(partner.files, number) : null
  if (!entry) throw bad(`AK102 names the group ${find('AK1')?.[2] ?? ''}, which we never sent.`)
  const verdict = find('AK9')?.[1] ?? ''
  const places = segments.filter(([tag]) => tag === 'AK3' || tag === 'AK4').map((one) => one.join(' '))
  const why = [`AK9 ${verdict}`, ...places].join('; ').slice(0, 300)
  const reference = entry.kind === 'acknowledgement' ? null : referenceFrom(entry.about, partner.config)
  const body = { reference, kind: entry.kind, accepted: verdict === 'A' || verdict === 'E', why, at }
  return { key, topic: '997', body }
}

const badReading = (file: string, reason: string, text: string): Reading => {
  const digest = createHash('sha256').update(text).update(reason).digest('hex').slice(0, 24)
  return { key: `bad:${digest}`, topic: 'bad', body: { file, reason, text: text.slice(0, 200_000) } }
}
