/**
 * A database whose process can die: before a transaction begins, at any statement in it, or right after it was
 * committed and before anybody heard.
 */
import type { Database, Sql } from '#store/database.ts'

/** The process is gone. Not a fault: nothing in the hub may catch it and go on, the world starts a new process. */
export class Crash extends Error {}

export interface Fuse {
  /** How many more chances to die until it does; null lives on. */
  left: number | null
  /** Only the beginnings and ends of transactions count. */
  atTransactions: boolean
  died: boolean
}

export interface Mortal {
  database: Database
  fuse: Fuse
}

export function mortal(database: Database): Mortal {
  const fuse: Fuse = { left: null, atTransactions: false, died: false }
  const burn = (atTransaction: boolean): void => {
    if (fuse.died) throw new Crash('The process has died.')
    if (fuse.left === null || (fuse.atTransactions && !atTransaction)) return
    fuse.left -= 1
    if (fuse.left > 0) return
    fuse.died = true
    throw new Crash('The process has died.')
  }
  /** Two chances to die: before the work, and after it. */
  const risky = async <T>(work: () => Promise<T>, isTransaction = false): Promise<T> => {
    burn(isTransaction)
    const result = await work()
    burn(isTransaction)
    return result
  }
  /**
   * One chance: after it is before the next. What dies here is rolled back, as the server does for a client that is
   * gone.
   */
  const inside = (sql: Sql): Sql => ({
    query: async (text, values) => (burn(false), sql.query(text, values)),
    prepared: async (text, values) => (burn(false), sql.prepared(text, values)),
    run: async (text, values) => (burn(false), sql.run(text, values)),
  })
  return {
    fuse,
    database: {
      ...database,
      query: (text, values) => risky(() => database.query(text, values)),
      prepared: (text, values) => risky(() => database.prepared(text, values)),
      run: (text, values) => risky(() => database.run(text, values)),
      transaction: (work) => risky(() => database.transaction((sql) => work(inside(sql))), true),
    },
  }
}
