/** People hear of every dead letter: once, whoever tells them, and also when the hub dies in between. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { gatherNotices, notifyPeople, sendNotices } from '#engine/dead-notify.ts'
import type { Engine } from '#engine/engine.ts'
import { smtp } from '#engine/mail.ts'
import { signatureOf } from '#engine/standard-webhook.ts'
import { type DeadLetterPolicy, deadLetterPolicySchema } from '#policy/dead-letters.ts'
import { hook, openWorld, settle, withRefusedOrder, type World } from './world.ts'

const policy = (notify: object): DeadLetterPolicy => deadLetterPolicySchema.parse({ notify })
const HOOK = policy({ log: false, webhook: { url: 'https://example.com/told', secret: 'env:HOOK' } })
const KEY = Buffer.from('a secret of thirty-two bytes, so')

interface Received {
  id: string
  signature: string
  timestamp: string
  body: string
}

/** The engine with a receiver of webhooks behind it. */
function receiving({ engine }: World, answer: () => number = () => 204): { engine: Engine; received: Received[] } {
  const received: Received[] = []
  const io: Engine['io'] = {
    ...engine.io,
    secret: () => `whsec_${KEY.toString('base64')}`,
    async fetch(request) {
      const header = (name: string) => request.headers.get(name) ?? ''
      received.push({
        id: header('webhook-id'), signature: header('webhook-signature'), timestamp: header('webhook-timestamp'),
        body: await request.text(),
      }) // prettier-ignore
      return new Response(null, { status: answer() })
    },
  }
  return { engine: { ...engine, io }, received }
}

const wait = (world: World, seconds = 60) => (world.clock.nowMs += seconds * 1_000)

describe('a dead letter', () => {
  test('T28: tells its receiver once, though two processes race', async () => {
    const world = await withRefusedOrder({ deadLetters: HOOK })
    const { engine, received } = receiving(world)
    const other = { ...engine, owner: 'other' }
    await Promise.all([notifyPeople(engine), notifyPeople(other)])
    expect(received).toEqual([])
    wait(world)
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([notifyPeople(engine), notifyPeople(other), notifyPeople(engine), notifyPeople(other)])
    }
    expect(received).toHaveLength(1)
    expect((await world.letters())[0]?.notified_at).toBe('2026-11-20T10:01:02.000Z')
  })

  test('is signed by the Standard Webhooks scheme and says nothing personal', async () => {
    const world = await withRefusedOrder({ deadLetters: HOOK })
    const { engine, received } = receiving(world)
    wait(world)
    await notifyPeople(engine)
    const [{ id, timestamp, signature, body }] = received as [Received]
    const expected = createHmac('sha256', KEY).update(`${id}.${timestamp}.${body}`).digest('base64')
    expect(signature).toBe(`v1,${expected}`)
    expect(Number(timestamp)).toBe(Math.floor(world.clock.nowMs / 1_000))
    expect(JSON.parse(body)).toMatchObject({
      type: 'dead_letter.opened',
      data: { count: 1, class: 'missing', owner: 'operations', connection: 'erp', code: 'odoo.tax_unknown', letters: [1] },
    }) // prettier-ignore
    expect(body).not.toMatch(/Ada|Byron|ada@/)
  })

  test('is told again under the same id when the hub died after claiming and before marking', async () => {
    const world = await withRefusedOrder({ deadLetters: HOOK })
    const { engine, received } = receiving(world)
    wait(world)
    await gatherNotices(engine)
    const killed: Engine = {
      ...engine,
      database: { ...engine.database, transaction: () => Promise.reject(new Error('killed')) },
    }
    await expect(sendNotices(killed)).rejects.toThrow('killed')
    expect((await world.letters())[0]?.notified_at).toBeNull()
    await notifyPeople(engine)
    expect(received).toHaveLength(1)
    wait(world, 121)
    await notifyPeople(engine)
    await notifyPeople(engine)
    expect(received).toHaveLength(2)
    expect(received[1]?.id).toBe(received[0]?.id)
    expect((await world.letters())[0]?.notified_at).not.toBeNull()
  })

  test('five hundred of one cause are one message that says so; another cause is another', async () => {
    const world = await openWorld({ deadLetters: HOOK })
    const { engine, received } = receiving(world)
    const deliveries = Array.from({ length: 500 }, (_, n) => world.receiver.receive('shop', hook({ n }, `bad-${n}`)))
    await Promise.all(deliveries)
    await world.receiver.receive('shop', hook('{', 'no json'))
    await settle(world.engine)
    wait(world)
    await notifyPeople(engine)
    const counts = received.map(({ body }) => (JSON.parse(body) as { data: { count: number } }).data.count)
    expect(counts.sort((a, b) => a - b)).toEqual([1, 500])
    expect(received.every(({ body }) => body.length < 2_000)).toBe(true)
  })

  test('a receiver that fails is tried again after growing pauses, not for ever, and that shows', async () => {
    const deadLetters = { ...HOOK, notify: { ...HOOK.notify, attempts: 3 } }
    const world = await withRefusedOrder({ deadLetters })
    const { engine, received } = receiving(world, () => 500)
    wait(world)
    for (let round = 0; round < 20; round += 1) {
      await notifyPeople(engine)
      wait(world, 600)
    }
    expect(received).toHaveLength(3)
    const rows = await world.database.query(`select state, attempts, fault from dead_notice`)
    expect(rows).toEqual([{ state: 'failed', attempts: 3, fault: 'The receiver answered 500.' }])
    expect(world.said.at(-1)).toMatchObject({ level: 'error', message: 'nobody could be told of dead letters' })
  })

  test('is in the log when no other channel is chosen', async () => {
    const world = await withRefusedOrder({ deadLetters: policy({ log: false, gatherSeconds: 0 }) })
    await notifyPeople(world.engine)
    expect(world.said.at(-1)).toMatchObject({
      level: 'error',
      message: 'A dead letter of erp: missing (sale.ensure)',
      fields: { count: 1, owner: 'operations', letters: [1] },
    })
  })
})

describe('e-mail', () => {
  let server: SMTPServer | undefined
  afterEach(async () => {
    if (server) await new Promise<void>((done) => server!.close(() => done()))
    server = undefined
  })

  test('goes out by SMTP with a login, and an address the server refuses is told without naming it', async () => {
    const mails: string[] = []
    let refusing = true
    server = new SMTPServer({
      authMethods: ['PLAIN'],
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _session, done) =>
        username === 'hub' && password === 'secret' ? done(null, { user: 'hub' }) : done(new Error('no')),
      onRcptTo: ({ address }, _session, done) => done(refusing ? new Error(`no mailbox ${address}`) : null),
      onData(stream, _session, done) {
        let text = ''
        stream.on('data', (part: Buffer) => (text += part.toString()))
        stream.on('end', () => {
          mails.push(text)
          done()
        })
      },
    })
    server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
    const { port } = server.server.address() as AddressInfo
    const email = { host: '127.0.0.1', port, user: 'hub', password: 'env:MAIL', from: 'hub@example.com', to: ['ops@example.com'], tls: 'optional' } // prettier-ignore
    const deadLetters = policy({ log: false, gatherSeconds: 0, email })
    const sendMail = smtp(deadLetters.notify.email!, () => 'secret')
    const world = await withRefusedOrder({ deadLetters, sendMail })
    await notifyPeople(world.engine)
    const [row] = await world.database.query<{ fault: string }>('select fault from dead_notice')
    expect(row?.fault).toMatch(/mailbox/)
    expect(row?.fault).not.toContain('ops@example.com')
    refusing = false
    wait(world, 60)
    await notifyPeople(world.engine)
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatch(/^Subject: A dead letter of erp: missing \(sale\.ensure\)/m)
    expect(mails[0]).toMatch(/^Message-ID: <dead-[0-9a-f]{32}@example\.com>/m)
    expect(mails[0]).not.toMatch(/Ada|Byron/)
  })
})

test('the signature is the one of the published example', () => {
  const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' }
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  expect(signatureOf({ ...signed, secret })).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})
