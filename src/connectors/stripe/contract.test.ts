/** Stripe passes the contract of every connector, against its simulator. */
import { connectorContract } from '../kit/contract.ts'
import { asRequest } from '../kit/testing.ts'
import { HOOK_URL, KEY, subscribed } from './testing.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })

connectorContract('stripe', ['payment.capture', 'payment.void', 'payment.refund'], async ({ wrap, log }) => {
  const { account, connection, clock } = await subscribed({ wrap, log })
  const paid = account.pay({ amount: 5_000, currency: 'usd' })
  clock.pass(10_000)
  const [genuine, another] = account.due().map((hook) => asRequest(hook, clock.now))
  const of = (id: string) => account.beliefs().payments.find((one) => one.id === id)!
  const signature = genuine!.headers['stripe-signature']!

  return {
    connection,
    secrets: [KEY, ...account.secretsOf(HOOK_URL)],
    hooks: {
      genuine: genuine!,
      another: another!,
      forged: [
        { ...genuine!, headers: {} },
        { ...genuine!, headers: { 'stripe-signature': signature.replace(/t=\d+/, 't=1') } },
        { ...genuine!, receivedAt: new Date(clock.now + 301_000).toISOString() },
      ],
    },
    intents: {
      'payment.capture': {
        prepare: () => {
          const paymentId = account.authorise({ amount: 5_000, currency: 'usd' })
          return { paymentId, requestId: 'c-1', amount: usd(2_000), cumulative: usd(2_000), final: false }
        },
        count: ({ paymentId }) => of(paymentId).captured / 2_000,
      },
      'payment.void': {
        prepare: () => ({ paymentId: account.authorise({ amount: 5_000, currency: 'usd' }), reason: 'cancelled' }),
        count: ({ paymentId }) => (of(paymentId).status === 'canceled' ? 1 : 0),
      },
      'payment.refund': {
        prepare: () => ({ paymentId: paid, requestId: 'r-1', amount: usd(1_000), reason: 'returned' }),
        count: () => account.beliefs().refunds.length,
      },
    },
  }
})
