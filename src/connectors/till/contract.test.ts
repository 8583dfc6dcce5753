/** The suite every connector passes. A till is told nothing, so there is no intent. */
import { connectorContract } from '../kit/contract.ts'
import { openTill } from '../../../tests/support/till.ts'
import { signatureOf } from './inbound.ts'
import { till } from './index.ts'

const KEY = 'a-key-nobody-may-see'
const STORE = 'berlin-7'

const request = (till_: ReturnType<typeof openTill>, key = KEY) => {
  const body = Buffer.from(till_.jsonl())
  const headers = { 'crossdock-store': STORE, 'crossdock-signature': signatureOf(STORE, body, key) }
  return { headers, body, receivedAt: '2026-11-23T09:00:00.000Z' }
}

connectorContract('till', [], ({ wrap, log }) => {
  const io = {
    now: () => Date.parse('2026-11-23T09:00:00.000Z'),
    id: () => '0'.repeat(32),
    jitter: () => 0.5,
    fetch: wrap(async () => new Response(null, { status: 404 })),
    secret: () => KEY,
    log,
  }
  const connection = till.open(till.config.parse({ stores: { [STORE]: { keys: ['env:KEY'] } } }), { name: 'tills', io })
  const [one, two] = [
    openTill({ storeId: STORE, registerId: 'till-1' }),
    openTill({ storeId: STORE, registerId: 'till-2' }),
  ]
  for (const each of [one, two]) each.sell([{ sku: 'MUG', price: 1190 }])
  const genuine = request(one)
  const other = { ...genuine, headers: { ...genuine.headers, 'crossdock-store': 'paris-1' } }
  return {
    connection,
    secrets: [KEY],
    hooks: { genuine, another: request(two), forged: [request(one, 'another-key-altogether'), other] },
    intents: {},
  }
})
