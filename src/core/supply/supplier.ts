/**
 * The lists of one supplier: which was taken last, and one that waits for a person because too much would vanish or
 * change its price. Nothing of a list that waits is applied.
 */
import { type Decider, type Decision, refused } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'

/** A file, named by its content as well: another one of the same name is another list. */
export interface SupplierList {
  file: string
  hash: string
  /** When it was taken. */
  at: string
}

export interface TakenList extends SupplierList {
  rows: number
  changed: number
  ended: number
  /** It had been taken before, so nothing was done. */
  doubled: boolean
}

export interface WaitingList extends SupplierList {
  /** One sentence for each bound that it breaks. */
  why: readonly string[]
  owner: string
  /** What a person said; null while nobody did. */
  said: 'allow' | 'drop' | null
  failed: string | null
}

export interface SupplierState {
  version: number
  last: TakenList | null
  waiting: WaitingList | null
}

export type SupplierCommand =
  /** `whole`: it names all there is, so it makes up for one that waits. */
  | ({ type: 'supplier.takeList'; whole: boolean } & TakenList)
  | ({ type: 'supplier.holdList'; why: readonly string[]; owner: string } & SupplierList)
  /** By a person, of the list that waits. */
  | { type: 'supplier.allow' }
  | { type: 'supplier.drop' }
  | Done
  | Failed

export type SupplierEvent =
  | ({ type: 'supplier.listTaken' } & TakenList)
  | ({ type: 'supplier.listWaits'; why: readonly string[]; owner: string } & SupplierList)
  | { type: 'supplier.listAllowed'; file: string; hash: string }
  /** `superseded`: a newer list came, that names all there is; `gone`: somebody took the file away. */
  | { type: 'supplier.listDropped'; file: string; hash: string; why: 'person' | 'superseded' | 'gone' }
  | { type: 'supplier.settleFailed'; hash: string; detail: string }

const initial: SupplierState = { version: 0, last: null, waiting: null }

function decide(state: SupplierState, command: SupplierCommand): Decision<SupplierEvent> {
  const { waiting } = state
  switch (command.type) {
    case 'supplier.takeList': {
      const { type: _, whole, ...list } = command
      const taken: SupplierEvent = { type: 'supplier.listTaken', ...list }
      return whole && waiting && waiting.hash !== list.hash ? [superseded(waiting), taken] : [taken]
    }
    case 'supplier.holdList': {
      if (waiting?.hash === command.hash) return []
      const event: SupplierEvent = { ...command, type: 'supplier.listWaits' }
      return waiting ? [superseded(waiting), event] : [event]
    }
    case 'supplier.allow':
    case 'supplier.drop': {
      if (!waiting) return refused('no_list_waits', 'No list of this supplier waits for a person.')
      const { file, hash } = waiting
      return command.type === 'supplier.allow'
        ? [{ type: 'supplier.listAllowed', file, hash }]
        : [{ type: 'supplier.listDropped', file, hash, why: 'person' }]
    }
    case 'done':
      return command.intent === 'supplyList.settle' && command.answer.outcome === 'gone' && waiting
        ? [{ type: 'supplier.listDropped', file: waiting.file, hash: waiting.hash, why: 'gone' }]
        : []
    case 'failed':
      return waiting?.said ? [{ type: 'supplier.settleFailed', hash: waiting.hash, detail: command.fault.message }] : []
  }
}

const superseded = ({ file, hash }: WaitingList): SupplierEvent => ({
  type: 'supplier.listDropped',
  file,
  hash,
  why: 'superseded',
})

function evolve(before: SupplierState, event: SupplierEvent): SupplierState {
  const state = { ...before, version: before.version + 1 }
  const { waiting } = state
  switch (event.type) {
    case 'supplier.listTaken': {
      const { type: _, ...last } = event
      return { ...state, last, waiting: waiting?.hash === last.hash ? null : waiting }
    }
    case 'supplier.listWaits': {
      const { type: _, ...list } = event
      return { ...state, waiting: { ...list, said: null, failed: null } }
    }
    case 'supplier.listAllowed':
      return { ...state, waiting: waiting && { ...waiting, said: 'allow', failed: null } }
    case 'supplier.listDropped':
      return { ...state, waiting: null }
    case 'supplier.settleFailed':
      return { ...state, waiting: waiting && { ...waiting, said: null, failed: event.detail } }
  }
}

function react(event: SupplierEvent, _: SupplierState, stream: string): Intent[] {
  if (event.type !== 'supplier.listAllowed' && event.type !== 'supplier.listDropped') return []
  if (event.type === 'supplier.listDropped' && event.why === 'gone') return []
  const { file, hash } = event
  const to = stream.slice('supplier/'.length)
  return [{ type: 'supplyList.settle', to, ask: { file, hash, take: event.type === 'supplier.listAllowed' } }]
}

export const supplier: Decider<SupplierState, SupplierCommand, SupplierEvent, Policy> = {
  initial,
  decide,
  evolve,
  react,
}
