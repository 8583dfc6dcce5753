/** What every part of the simulator works on. */
import type { SimulatorIo } from '../../kit/simulator.ts'
import type { Database, Row, Value } from './database.ts'
import type { Model } from './schema.ts'

export interface World {
  version: 18 | 19
  io: SimulatorIo
  schema: ReadonlyMap<string, Model>
  db: Database
  /** Of the call that is being answered. */
  context: Record<string, unknown>
  uid: number
  sequences: Map<string, number>
  behaviours: Readonly<Record<string, Behaviour>>
}

/** What a model does besides keeping rows. */
export interface Behaviour {
  /** Fills in what was not given. */
  defaults?(world: World, values: Record<string, Value>): void
  created?(world: World, row: Row): void
  /** Before a write; may refuse. */
  writing?(world: World, row: Row, values: Record<string, unknown>): void
  written?(world: World, row: Row, before: Readonly<Record<string, Value>>): void
  unlinking?(world: World, row: Row): void
  computed?: Readonly<Record<string, (world: World, row: Row) => Value>>
  display?(world: World, row: Row): string
}

/** The next number of a sequence, from 1. */
export function next(world: World, name: string): number {
  const number = (world.sequences.get(name) ?? 0) + 1
  world.sequences.set(name, number)
  return number
}
