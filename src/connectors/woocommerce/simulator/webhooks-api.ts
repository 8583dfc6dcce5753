/** `/webhooks`: made, listed, switched on again, deleted. */
import { webhookBody } from './bodies.ts'
import { type Failure, failure } from './failure.ts'
import type { Hooks } from './hooks.ts'
import { listed } from './pages.ts'
import type { Asked, Reply, Route } from './routes.ts'
import type { Webhook, Woo } from './state.ts'

const TOPIC = /^(?:(?:coupon|customer|order|product)\.(?:created|updated|deleted|restored)|action\.[a-z_]+)$/
const noWebhook = (): Failure => failure(404, 'woocommerce_rest_shop_webhook_invalid_id', 'Invalid ID.')

export function webhookRoutes(woo: Woo, hooks: Hooks): Route[] {
  const withWebhook = (work: (webhook: Webhook, asked: Asked) => Reply | Failure) => (asked: Asked) => {
    const webhook = woo.webhooks.get(asked.ids[0]!)
    return webhook ? work(webhook, asked) : noWebhook()
  }
  return [
    {
      path: /^\/webhooks$/,
      GET: ({ url }) => listed([...woo.webhooks.values()], { url }, (one) => webhookBody(woo, one)),
      POST: ({ input }) => {
        const { topic, delivery_url: url } = input
        if (typeof topic !== 'string' || !TOPIC.test(topic))
          return failure(
            400,
            'woocommerce_rest_shop_webhook_invalid_topic',
            'Webhook topic is required and must be valid.',
          )
        if (typeof url !== 'string' || !/^https?:\/\//.test(url))
          return failure(
            400,
            'woocommerce_rest_shop_webhook_invalid_delivery_url',
            'Webhook delivery URL must be a valid URL starting with http:// or https://.',
          )
        const at = woo.now()
        const [id, name, secret] = [woo.nextId(), String(input['name'] ?? 'Webhook'), String(input['secret'] ?? '')]
        const webhook: Webhook = {
          id,
          name,
          topic,
          url,
          secret,
          status: 'active',
          failures: 0,
          createdMs: at,
          modifiedMs: at,
        }
        woo.webhooks.set(id, webhook)
        hooks.ping(webhook)
        return { status: 201, body: webhookBody(woo, webhook) }
      },
    },
    {
      path: /^\/webhooks\/(\d+)$/,
      GET: withWebhook((webhook) => ({ status: 200, body: webhookBody(woo, webhook) })),
      PUT: withWebhook((webhook, { input }) => {
        const { status, secret } = input
        if (status !== undefined && !['active', 'paused', 'disabled'].includes(String(status)))
          return failure(400, 'rest_invalid_param', 'Invalid parameter(s): status', {
            params: { status: 'status is not one of active, paused, and disabled.' },
          })
        if (status !== undefined) webhook.status = status as Webhook['status']
        if (status === 'active') webhook.failures = 0
        if (typeof secret === 'string') webhook.secret = secret
        webhook.modifiedMs = woo.now()
        return { status: 200, body: webhookBody(woo, webhook) }
      }),
      DELETE: withWebhook((webhook, { url }) => {
        if (url.searchParams.get('force') !== 'true')
          return failure(501, 'woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.')
        woo.webhooks.delete(webhook.id)
        return { status: 200, body: webhookBody(woo, webhook) }
      }),
    },
  ]
}
