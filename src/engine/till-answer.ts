/**
 * What a store is told at once about an upload that was stored: what its registers have taken with it, and what is
 * asked for again. It is decided here as a turn will decide it, on the state of this moment, and nothing is written.
 */
import type { Message } from '#connectors/kit/connector.ts'
import { type LineProblem, SIGNATURE_HEADER, STORE_HEADER, type TillUpload } from '#connectors/kit/till.ts'
import type { TakeRecords } from '#core/commands.ts'
import { askedFor, initialTill, type Range, type RefusedRecord, type TillState } from '#core/store-day/state.ts'
import { till } from '#core/store-day/till.ts'
import { readState } from '#store/views.ts'
import { type Engine, nowOf } from './engine.ts'
import type { Receipt, Receiver } from './receive.ts'

export interface RegisterAnswer {
  registerId: string
  /** The last sequence up to which everything is taken; 0 when nothing is. */
  takenTo: number
  /** Records that are here and wait for missing ones. */
  waiting: number
  /** Send these. */
  asked: Range[]
}

export interface UploadAnswer {
  registers: RegisterAnswer[]
  refused: LineProblem[]
}

export interface Upload {
  store: string
  bytes: Uint8Array
  /** As the header says it. */
  signature: string | undefined
}

/**
 * Stores an upload, and says what comes of it. Throws as `receive` does.
 *
 * @returns null when no connection takes uploads of this store.
 */
export async function takeUpload(
  engine: Engine,
  receiver: Receiver,
  { store, bytes, signature }: Upload,
): Promise<(UploadAnswer & { receipt: Receipt }) | null> {
  for (const [name, { tills }] of engine.connections) {
    if (!tills?.stores.includes(store)) continue
    const receivedAt = nowOf(engine)
    const headers = { [STORE_HEADER]: store, [SIGNATURE_HEADER]: signature }
    const receipt = await receiver.receive(name, { headers, body: bytes, receivedAt })
    return { receipt, ...(await answerUpload(engine, tills.look(store, bytes, receivedAt))) }
  }
  return null
}

async function answerUpload(engine: Engine, upload: TillUpload): Promise<UploadAnswer> {
  const answer: UploadAnswer = { registers: [], refused: [...upload.problems] }
  for (const message of upload.messages) {
    const before = (await readState(engine.database, message.stream))?.state as TillState | undefined
    const state = foreseen(engine, message, before ?? initialTill)
    answer.registers.push({ registerId: (message.command as TakeRecords).registerId, ...standOf(state) })
    for (const refusal of state.refusals) {
      const problem = problemOf(message, refusal, upload)
      if (problem) answer.refused.push(problem)
    }
  }
  answer.refused.sort((a, b) => a.line - b.line)
  return answer
}

export const standOf = (state: TillState): Omit<RegisterAnswer, 'registerId'> => ({
  takenTo: state.next - 1,
  waiting: state.parked.length,
  asked: askedFor(state),
})

function foreseen(engine: Engine, { stream, command }: Message, state: TillState): TillState {
  const context = { stream, at: nowOf(engine), messageKey: 'foreseen' }
  const decision = till.decide(state, command as TakeRecords, engine.policy, context)
  return 'refused' in decision ? state : decision.reduce(till.evolve, state)
}

/** What the register itself refused of this upload: the lines that are wrong for themselves are named already. */
function problemOf({ command }: Message, refusal: RefusedRecord, upload: TillUpload): LineProblem | null {
  const { registerId } = command as TakeRecords
  const line = upload.lines.get(`${registerId}/${refusal.sequence}`)
  const known = upload.problems.some((one) => one.registerId === registerId && one.sequence === refusal.sequence)
  return line === undefined || known ? null : { line, registerId, pointer: '', ...refusal }
}
