/**
 * The people who mend dead letters: they edit what was bent, retry what was refused, end what nobody can mend, and do
 * some of it in vain or wrongly. What the hub lets them do that it should not is said.
 */
import { type Acted, assignTo, resolveBy, type RetryMode, retryLetter } from '#engine/dead-actions.ts'
import { type Denial, isDenial } from '#engine/dead-denials.ts'
import { type Edit, editLetter } from '#engine/dead-edit.ts'
import type { Engine } from '#engine/engine.ts'
import type { Sql } from '#store/database.ts'
import { type LetterRow, listLetters } from '#store/dead-letters.ts'
import { streams } from '#core/streams.ts'
import type { Estate } from './estate.ts'
import type { Oddities } from './odd.ts'
import type { Random } from './random.ts'

export interface Desk {
  /** Somebody does something about one letter, not always the right thing. @returns 0 when there was none. */
  act(engine: Engine): Promise<number>
  /** Everything that waits gets what it needs. @returns how many letters that were. */
  clear(engine: Engine): Promise<number>
  /** Letters that somebody ended without a proof, and may have. */
  endedByHand: ReadonlySet<number>
  complaints: readonly string[]
}

const AT_ONCE = 50
/** What is not done any more for an order that was cancelled, though its goods had left. */
const VOID = ['fulfilment.ensure', 'invoice.ensure']

/** Name of the delivery that a message is, or that it repeats. */
async function originOf(sql: Sql, id: number): Promise<string> {
  const [row] = await sql.query<{ key: string }>('select key from inbox_all where id = $1', [id])
  const [, repeated] = /^replay\/\w+\/(\d+)$/.exec(row?.key ?? '') ?? []
  return repeated ? originOf(sql, Number(repeated)) : (row?.key ?? '')
}
const WHO = ['Ines', 'Tomasz'] as const

export function createDesk({ outlets }: Estate, oddities: Oddities, random: Random): Desk {
  const endedByHand = new Set<number>()
  const complaints: string[] = []
  const waiting = (engine: Engine) => listLetters(engine.database, { state: 'open' }, { before: null, limit: AT_ONCE })
  const oddityOf = async ({ database }: Engine, { inbox_id: id }: LetterRow) =>
    id === null ? undefined : oddities.of(await originOf(database, id))

  async function edit(engine: Engine, { id }: LetterRow, cure: Edit): Promise<boolean> {
    const result = await editLetter(engine, id, cure, { who: random.pick(WHO) })
    // Another process has given it back meanwhile.
    if (isDenial(result) && result.code !== 'under_way')
      complaints.push(`Letter ${id}: what mends it was refused (${result.code}: ${result.reason}).`)
    return !isDenial(result)
  }

  async function harm(engine: Engine, { id }: LetterRow, wrong: Edit): Promise<void> {
    const result = await editLetter(engine, id, wrong, { who: random.pick(WHO) })
    if (!isDenial(result) && result.changed) complaints.push(`Letter ${id}: an edit that breaks it was taken.`)
  }

  const retry = (engine: Engine, { id }: LetterRow, mode: RetryMode): Promise<Acted | Denial> =>
    retryLetter(engine, id, { who: random.pick(WHO), mode })

  async function end(engine: Engine, { id }: LetterRow, reason: string): Promise<void> {
    // The process may die once it is done.
    endedByHand.add(id)
    await resolveBy(engine, id, { who: random.pick(WHO), reason })
  }

  async function mend(engine: Engine, letter: LetterRow): Promise<void> {
    const oddity = await oddityOf(engine, letter)
    if (oddity?.cure === null) return end(engine, letter, 'Nobody can say what it was.')
    if (oddity?.cure) {
      if (await edit(engine, letter, oddity.cure)) await retry(engine, letter, 'step')
      return
    }
    if (VOID.includes(letter.what) && isCancelled(letter))
      return end(engine, letter, 'The order is cancelled: this is not owed any more.')
    if (isDenial(await retry(engine, letter, 'step'))) await retry(engine, letter, 'latest')
  }

  const isCancelled = ({ correlation }: LetterRow): boolean =>
    outlets.some(({ name, believes }) =>
      believes().orders.some(({ id, cancelled }) => cancelled && correlation === streams.order(name, id)),
    )

  return {
    endedByHand,
    complaints,
    async act(engine) {
      const letters = await waiting(engine)
      if (letters.length === 0) return 0
      const letter = random.pick(letters)
      const draw = random.int(1, 10)
      if (draw === 1) await assignTo(engine, letter.id, { who: 'Ines', assignee: random.pick([...WHO, null]) })
      else if (draw <= 3) await retry(engine, letter, random.pick(['step', 'latest'] as const))
      else if (draw <= 5) {
        const oddity = await oddityOf(engine, letter)
        if (oddity) await harm(engine, letter, oddity.harm)
      } else await mend(engine, letter)
      return 1
    },
    async clear(engine) {
      const letters = await waiting(engine)
      for (const letter of letters.toReversed()) await mend(engine, letter)
      return letters.length
    },
  }
}
