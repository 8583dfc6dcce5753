/** EasyPost passes the contract of every connector, against its simulator. */
import { connectorContract } from '../kit/contract.ts'
import { answer, asRequest } from '../kit/testing.ts'
import { HOOK_SECRET, KEY, labelAsk, subscribed, track } from './testing.ts'

connectorContract('easypost', ['parcel.track', 'label.ensure', 'label.void'], async ({ wrap, log }) => {
  const world = await subscribed({ wrap, log })
  const { account, connection, clock } = world
  await track(world, '9400100000000000000001')
  account.scan('9400100000000000000001', 'in_transit')
  clock.pass(10_000)
  const [genuine, another] = account.due().map((hook) => asRequest(hook, clock.now))
  const signature = genuine!.headers['x-hmac-signature']!
  return {
    connection,
    secrets: [KEY, Buffer.from(`${KEY}:`).toString('base64'), HOOK_SECRET],
    hooks: {
      genuine: genuine!,
      another: another!,
      forged: [
        { ...genuine!, headers: {} },
        { ...genuine!, headers: { 'x-hmac-signature': signature.replace('hmac-sha256-hex=', '') } },
        { ...genuine!, headers: { 'x-hmac-signature': another!.headers['x-hmac-signature'] } },
      ],
    },
    intents: {
      'parcel.track': {
        prepare: () => ({ trackingNumber: '9400100000000000000002', orderRef: 'shop:1001' }),
        count: ({ trackingNumber }) => account.beliefs().trackers.filter(({ code }) => code === trackingNumber).length,
      },
      'label.ensure': {
        prepare: () => labelAsk('shop:1001:7:1'),
        count: ({ reference }) =>
          account.beliefs().labels.filter((one) => one.code && one.reference === reference).length,
      },
      'label.void': {
        async prepare() {
          await answer(connection, 'label.ensure', labelAsk('shop:1001:8:1'))
          return { reference: 'shop:1001:8:1', labelId: null }
        },
        count: ({ reference }) =>
          account.beliefs().labels.filter((one) => one.refund && one.reference === reference).length,
      },
    },
  }
})
