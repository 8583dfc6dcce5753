/** Bugs that only the death of a process shows, one line each, and where it has to die for them to be found. */
import type { PlantedBug } from '../sim/planted.ts'

export type CrashBug = Omit<PlantedBug, 'seeds'> & {
  /** As given to `crossdock crash --points`. */
  points: string
}

export const CRASH_BUGS: readonly CrashBug[] = [
  {
    name: 'a webhook is answered before its row is durable',
    file: 'src/engine/receive.ts',
    find: 'settle(batch, await insertInbox(engine.database, batch.map(({ row }) => row))) // prettier-ignore',
    replace:
      'settle(batch, batch.map(({ row }) => row)); await new Promise((done) => setImmediate(done)); await new Promise((done) => setTimeout(done, 20)); await insertInbox(engine.database, batch.map(({ row }) => row))',
    why: 'The shop is told that its news has arrived, and it has not.',
    points: 'receive.before-store',
  },
  {
    name: 'an intent is finished before its call is made',
    file: 'src/engine/dispatch.ts',
    find: '  intents.sort((a, b) => a.id - b.id)\n',
    replace:
      "  intents.sort((a, b) => a.id - b.id)\n  await engine.database.run(`update outbox set state = 'done', finished_at = $2 where id = any($1::bigint[])`, [intents.map(({ id }) => id), instantAt(nowMs)])\n",
    why: 'A process that dies in between never makes the call, and nobody will.',
    points: 'sale.ensure.before-call',
  },
  {
    name: 'a sale gets another name with every process',
    file: 'src/connectors/odoo/external.ts',
    find: 'sale: (orderRef: string) => `so_${nameOf(orderRef)}`,',
    replace: 'sale: (orderRef: string) => `so_${nameOf(orderRef)}_${process.pid}`,',
    why: 'The order that was created before the crash is created again after it.',
    points: 'sale.ensure sale.order.load',
  },
  {
    name: 'a cursor is moved before what was read is stored',
    file: 'src/engine/feed.ts',
    find: 'const fresh = await engine.database.transaction(',
    replace:
      'await engine.database.transaction((sql) => moveCursor(sql, { connection, feed: name, position: { ...(cursor as object), from: at.slice(0, 19).replace("T", " ") }, at, caughtUp: !more }))\n  const fresh = await engine.database.transaction(',
    why: 'What was read when the process died is never read again.',
    points: 'feed.before-store',
  },
  {
    name: 'notes are written outside the transaction that decided',
    file: 'src/engine/turn.ts',
    find: 'if (notes.length > 0) await insertInbox(sql, notes)',
    replace: 'if (notes.length > 0) await insertInbox(engine.database, notes)',
    why: 'Stock is held for a decision that was never taken.',
    points: 'turn.before-commit',
  },
  {
    name: 'the answer is stored in another transaction than the end of its intent',
    file: 'src/engine/dispatch.ts',
    find: 'await engine.database.transaction(async (sql) => {\n    const signs',
    replace:
      'await ((work: (sql: Engine["database"]) => Promise<void>) => work(engine.database))(async (sql) => {\n    const signs',
    why: 'A process that dies in between has done the work, and nobody ever hears of it.',
    points: 'sale.ensure.after-call-before-finish',
  },
]
