/** ShipBob passes the contract of every connector, against its simulator. */
import { connectorContract } from '../kit/contract.ts'
import { answer, asRequest } from '../kit/testing.ts'
import { askFor, cancelAsk, HOOK_URL, REFERENCE, subscribed, TOKEN } from './testing.ts'

connectorContract('shipbob', ['warehouseOrder.ensure', 'warehouseOrder.cancel'], async ({ wrap, log }) => {
  const { account, connection, clock } = await subscribed({ wrap, log })
  const other = askFor({ reference: 'shop:2:BOB' })
  await answer(connection, 'warehouseOrder.ensure', other)
  account.ship(other.reference, [{ sku: 'MUG', quantity: 1 }])
  account.ship(other.reference)
  clock.pass(10_000)
  const [genuine, another] = account.due().map((hook) => asRequest(hook, clock.now))
  const of = () => account.beliefs().orders.filter(({ reference }) => reference === REFERENCE)

  return {
    connection,
    secrets: [TOKEN, ...account.secretsOf(HOOK_URL)],
    hooks: {
      genuine: genuine!,
      another: another!,
      forged: [
        { ...genuine!, headers: {} },
        { ...genuine!, headers: { ...genuine!.headers, 'webhook-id': 'msg_1' } },
        { ...genuine!, receivedAt: new Date(clock.now + 301_000).toISOString() },
      ],
    },
    intents: {
      'warehouseOrder.ensure': { prepare: () => askFor(), count: () => of().length },
      'warehouseOrder.cancel': {
        prepare: async () => {
          await answer(connection, 'warehouseOrder.ensure', askFor())
          return cancelAsk
        },
        count: () => of().filter(({ status }) => status === 'Cancelled').length,
      },
    },
  }
})
