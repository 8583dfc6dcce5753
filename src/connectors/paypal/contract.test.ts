/** PayPal passes the contract of every connector, against its simulator. */
import { connectorContract } from '../kit/contract.ts'
import { asRequest } from '../kit/testing.ts'
import { SECRET, subscribed } from './testing.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const paid = { value: '50.00', currency: 'USD' }

connectorContract('paypal', ['payment.capture', 'payment.void', 'payment.refund'], async ({ wrap, log }) => {
  const { account, connection, clock } = await subscribed({ wrap, log })
  const order = account.pay(paid)
  clock.pass(10_000)
  const [genuine, another] = account.due().map((hook) => asRequest(hook, clock.now))
  await connection.prepare!(genuine!)
  const of = (id: string) => account.beliefs().payments.find((one) => one.id === id)!
  const { headers } = genuine!

  return {
    connection,
    secrets: [SECRET],
    hooks: {
      genuine: genuine!,
      another: another!,
      forged: [
        { ...genuine!, headers: {} },
        { ...genuine!, headers: { ...headers, 'paypal-transmission-time': '2026-01-01T00:00:00Z' } },
        { ...genuine!, headers: { ...headers, 'paypal-auth-algo': 'NONE' } },
        { ...genuine!, headers: { ...headers, 'paypal-cert-url': 'https://evil.example/v1/notifications/certs/x' } },
      ],
    },
    intents: {
      'payment.capture': {
        prepare: () => {
          const paymentId = account.authorise(paid)
          return { paymentId, requestId: 'c-1', amount: usd(2_000), cumulative: usd(2_000), final: false }
        },
        count: ({ paymentId }) => of(paymentId).captured / 2_000,
      },
      'payment.void': {
        prepare: () => ({ paymentId: account.authorise(paid), reason: 'cancelled' }),
        count: ({ paymentId }) => (of(paymentId).authorised === 0 ? 1 : 0),
      },
      'payment.refund': {
        prepare: () => ({ paymentId: order, requestId: 'r-1', amount: usd(1_000), reason: 'returned' }),
        count: () => account.beliefs().refunds.length,
      },
    },
  }
})
