/** Uber Direct passes the contract of every connector, against its simulator. */
import { connectorContract } from '../kit/contract.ts'
import { asRequest } from '../kit/testing.ts'
import { courierAsk, createWorld, home, SECRET, sent } from './testing.ts'

connectorContract('uber', ['parcel.track', 'label.ensure', 'label.void'], async ({ wrap, log }) => {
  const world = createWorld({ wrap, log, account: { hookDelayMs: [100, 100] } })
  const { account, connection, clock, key } = world
  const { labelId } = await sent(world, 'shop:1000:6:1')
  account.move(labelId, 'pickup')
  clock.pass(10_000)
  const [genuine, another] = account.due().map((hook) => asRequest(hook, clock.now))
  const count = (reference: string, status: string) =>
    account.beliefs().deliveries.filter((one) => one.reference === reference && one.status === status).length
  return {
    connection,
    secrets: [SECRET, key, home.street, '5125550100', ...world.account.snapshot().tokens.keys()],
    hooks: {
      genuine: genuine!,
      another: another!,
      forged: [
        { ...genuine!, headers: {} },
        { ...genuine!, headers: { 'x-uber-signature': 'f'.repeat(64) } },
        { ...genuine!, headers: { 'x-uber-signature': another!.headers['x-uber-signature'] } },
      ],
    },
    intents: {
      'parcel.track': { prepare: () => ({ trackingNumber: labelId.toUpperCase(), orderRef: 'shop:1000' }) },
      'label.ensure': {
        prepare: () => courierAsk('shop:1001:7:1'),
        count: ({ reference }) => count(reference, 'pending'),
      },
      'label.void': {
        async prepare() {
          await sent(world, 'shop:1001:8:1')
          return { reference: 'shop:1001:8:1', labelId: null }
        },
        count: ({ reference }) => count(reference, 'canceled'),
      },
    },
  }
})
