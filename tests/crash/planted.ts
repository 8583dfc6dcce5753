/** Bugs that only the death of a process shows, and where it has to die for the matrix to find them. */
import type { Fatal } from '#sim/matrix/points.ts'
import type { Harm } from '#sim/matrix/verdict.ts'

export interface CrashBug {
  name: string
  /** What would happen to the retailer. */
  why: string
  /** Each stands in its file exactly once. */
  edits: readonly { file: string; find: string; replace: string }[]
  /** Where the hub dies, life after life. */
  fatals: readonly Fatal[]
  /** What the auditor must call it, among other things. */
  harm: Harm
}

const deaths = (point: string, ...passings: number[]): Fatal[] => passings.map((passing) => ({ point, passing }))

export const CRASH_BUGS: readonly CrashBug[] = [
  {
    name: 'a webhook is answered before its row is durable',
    why: 'The shop is told that its news has arrived, and it has not.',
    edits: [
      {
        file: 'src/engine/receive.ts',
        find: 'settle(batch, await insertInbox(engine.database, batch.map(({ row }) => row))) // prettier-ignore',
        replace:
          'settle(batch, batch.map(({ row }) => row)); await new Promise((done) => setTimeout(done, 500)); await insertInbox(engine.database, batch.map(({ row }) => row))',
      },
    ],
    fatals: deaths('receive.before-store', 1, 1),
    harm: 'lost',
  },
  {
    name: 'an intent is finished before its call is made',
    why: 'A process that dies in between never makes the call, and nobody will.',
    edits: [
      {
        file: 'src/engine/dispatch.ts',
        find: '  intents.sort((a, b) => a.id - b.id)\n',
        replace: [
          '  intents.sort((a, b) => a.id - b.id)',
          "  await engine.database.run(`update outbox set state = 'done', finished_at = $2 where id = any($1::bigint[])`,",
          '    [intents.map(({ id }) => id), instantAt(nowMs)])\n',
        ].join('\n'),
      },
      {
        file: 'src/store/outbox.ts',
        find: "f.id and outbox.attempts = f.attempt and outbox.state = 'open'\n       returning",
        replace: 'f.id and outbox.attempts = f.attempt\n       returning',
      },
      {
        file: 'src/store/outbox.ts',
        find: 'update outbox set due_at = p.due_at::timestamptz, fault = p.fault::json, owner = null',
        replace:
          "update outbox set due_at = p.due_at::timestamptz, fault = p.fault::json, owner = null, state = 'open', finished_at = null",
      },
      {
        file: 'src/store/outbox.ts',
        find: "p.id and outbox.attempts = p.attempt and outbox.state = 'open'`",
        replace: 'p.id and outbox.attempts = p.attempt`',
      },
    ],
    fatals: deaths('sale.ensure.before-call', 1, 2),
    harm: 'lost',
  },
  {
    name: 'the answer is stored in another transaction than the end of its intent',
    why: 'A process that dies in between has done the work, and nobody ever hears of it.',
    edits: [
      {
        file: 'src/store/outbox.ts',
        find: 'join finished using (id) order by id',
        replace: 'join finished using (id) where false order by id',
      },
      {
        file: 'src/engine/dispatch.ts',
        find: "import type { NewInboxRow } from '#store/inbox.ts'",
        replace: "import { insertInbox, type NewInboxRow } from '#store/inbox.ts'",
      },
      {
        file: 'src/engine/dispatch.ts',
        find: '  await (isSingle ? write(engine.database) : engine.database.transaction(write))\n',
        replace: [
          '  await (isSingle ? write(engine.database) : engine.database.transaction(write))',
          '  if (finished.size > 0) await insertInbox(engine.database, [...finished.values()].map(({ row }) => row))\n',
        ].join('\n'),
      },
    ],
    fatals: deaths('dispatch-finish.after-commit', 9, 9),
    harm: 'lost',
  },
  {
    name: 'a sale is created without a look whether it is there',
    why: 'The order that was created before the crash is created again after it.',
    edits: [
      {
        file: 'src/connectors/odoo/external.ts',
        find: 'sale: (orderRef: string) => `so_${nameOf(orderRef)}`,',
        replace: 'sale: (orderRef: string) => `so_${nameOf(orderRef)}_${process.pid}`,',
      },
      {
        file: 'src/connectors/odoo/external.ts',
        find: 'line: (orderRef: string, kind: string, id: string) => `sol_${nameOf(orderRef)}:${kind}:${plain(id)}`,',
        replace:
          'line: (orderRef: string, kind: string, id: string) => `sol_${nameOf(orderRef)}:${kind}:${plain(id)}_${process.pid}`,',
      },
    ],
    fatals: deaths('sale.ensure sale.order.load', 1, 1),
    harm: 'twice',
  },
  {
    name: 'the cursor of a feed is moved before what was read is stored',
    why: 'What was read when the process died is never read again.',
    edits: [
      {
        file: 'src/engine/feed.ts',
        find: '  const position = await readCursor(engine.database, connection, name)\n',
        replace: [
          '  const position = await readCursor(engine.database, connection, name)',
          '  const { cursor: ahead } = await feed.read(position)',
          '  await engine.database.transaction((sql) =>',
          '    moveCursor(sql, { connection, feed: name, position: ahead, at: nowOf(engine), caughtUp: false }))\n',
        ].join('\n'),
      },
      {
        file: 'src/connectors/odoo/window.ts',
        find: '- LIMITS.overlapMs',
        replace: '- 0 * LIMITS.overlapMs',
      },
    ],
    fatals: deaths('feed.odoo-main.deliveries stock.move.search_read', 2, 2),
    harm: 'lost',
  },
]
