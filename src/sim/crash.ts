/** A database whose process can die: before a transaction begins, or right after it was committed and before anybody heard. */
import type { Database } from '#store/database.ts'

/** The process is gone. Not a fault: nothing in the hub may catch it and go on, the world starts a new process. */
export class Crash extends Error {}

export interface Mortal {
  database: Database
  /** How many more statements and transactions until it dies; null lives on. */
  fuse: { left: number | null; died: boolean }
}

export function mortal(database: Database): Mortal {
  const fuse: Mortal['fuse'] = { left: null, died: false }
  /** Each piece of work is two chances to die: before it, and after it. */
  const risky = async <T>(work: () => Promise<T>): Promise<T> => {
    burn()
    const result = await work()
    burn()
    return result
  }
  const burn = (): void => {
    if (fuse.died) throw new Crash('The process has died.')
    if (fuse.left === null) return
    fuse.left -= 1
    if (fuse.left > 0) return
    fuse.died = true
    throw new Crash('The process has died.')
  }
  return {
    fuse,
    database: {
      ...database,
      query: (text, values) => risky(() => database.query(text, values)),
      prepared: (text, values) => risky(() => database.prepared(text, values)),
      run: (text, values) => risky(() => database.run(text, values)),
      transaction: (work) => risky(() => database.transaction(work)),
    },
  }
}
