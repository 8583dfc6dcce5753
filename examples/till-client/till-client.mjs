/**
 * A till's side of the contract in docs/tills.md, without dependencies: every record is written to a spool on disk
 * before the receipt is printed, chained to the one before, and sent until the hub has taken it. Copy it, or write the
 * same in the language of your till.
 *
 * CROSSDOCK_URL=https://hub.example.com CROSSDOCK_KEY=… node till-client.mjs STORE REGISTER SPOOL ring < entry.json
 * CROSSDOCK_URL=https://hub.example.com CROSSDOCK_KEY=… node till-client.mjs STORE REGISTER SPOOL send
 */
import { createHash, createHmac } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'

const START = '0'.repeat(64)
const RECORDS_PER_UPLOAD = 500

/** JSON with sorted members and no blanks (RFC 8785 for what stands in a record: texts, whole numbers, lists). */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const members = Object.keys(value).filter((name) => value[name] !== undefined).sort() // prettier-ignore
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
  }
  return JSON.stringify(value)
}

export const hashOf = ({ hash: _, ...record }) => createHash('sha256').update(canonical(record)).digest('hex')

export const signatureOf = (store, body, key) =>
  `sha256=${createHmac('sha256', key).update(`${store}.`).update(body).digest('hex')}`

/** @param spool a file of this register alone: one record per line, oldest first. */
export function openTill({ store, register, spool, url, key, fetch = globalThis.fetch }) {
  const records = read(spool)

  /** What happened, written for good before anybody is told. The same `txId` is the same record. */
  function ring(entry) {
    const known = records.find(({ txId }) => txId === entry.txId)
    if (known) return known
    const last = records.at(-1) ?? { sequence: 0, hash: START }
    const record = {
      contract: 1, storeId: store, registerId: register, ...entry, sequence: last.sequence + 1, prevHash: last.hash,
    } // prettier-ignore
    record.hash = hashOf(record)
    append(spool, `${JSON.stringify(record)}\n`)
    records.push(record)
    return record
  }

  async function post(batch) {
    const body = gzipSync(batch.map((record) => JSON.stringify(record)).join('\n'))
    const headers = { 'content-type': 'application/x-ndjson', 'crossdock-signature': signatureOf(store, body, key) }
    const answer = await fetch(`${url}/api/stores/${store}/batches`, { method: 'POST', headers, body })
    const said = await answer.json()
    if (answer.status !== 200 && answer.status !== 422) throw new Error(`${answer.status}: ${said.detail}`)
    const mine = said.registers.find(({ registerId }) => registerId === register)
    return { takenTo: mine?.takenTo ?? 0, asked: mine?.asked ?? [], refused: said.refused }
  }

  /**
   * Sends what the hub does not have yet. What it asks for again is sent again; what it refuses is told to the caller,
   * for sending the same once more would not mend it.
   */
  async function send(from = takenOf(spool)) {
    let takenTo = from
    for (;;) {
      const batch = records.filter(({ sequence }) => sequence > takenTo).slice(0, RECORDS_PER_UPLOAD)
      if (batch.length === 0) return { takenTo, refused: [] }
      const answer = await post(batch)
      const missing = answer.asked.find(({ from: first }) => first <= takenTo)
      if (answer.refused.length > 0) return { takenTo: answer.takenTo, refused: answer.refused }
      // The hub was restored from a backup, or never had the beginning: it says from where on it needs them.
      if (missing) takenTo = missing.from - 1
      else if (answer.takenTo <= takenTo) return { takenTo, refused: [] }
      else takenTo = answer.takenTo
      remember(spool, takenTo)
    }
  }

  return { ring, send, records }
}

/** A line that was cut off when the machine lost its power was never confirmed to anybody: it is dropped. */
function read(spool) {
  if (!existsSync(spool)) return []
  const text = readFileSync(spool, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) truncateSync(spool, Buffer.byteLength(whole))
  return whole.split('\n').filter(Boolean).map((line) => JSON.parse(line)) // prettier-ignore
}

function append(file, text, flags = 'a') {
  const handle = openSync(file, flags)
  writeSync(handle, text)
  fsyncSync(handle)
  closeSync(handle)
}

/** Only a hint, to send less: everything may be sent again at any time. */
const remember = (spool, takenTo) => append(`${spool}.taken`, String(takenTo), 'w')
const takenOf = (spool) => (existsSync(`${spool}.taken`) ? Number(readFileSync(`${spool}.taken`, 'utf8')) || 0 : 0)

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [store, register, spool, what] = process.argv.slice(2)
  const { CROSSDOCK_URL: url, CROSSDOCK_KEY: key } = process.env
  const till = openTill({ store, register, spool, url, key })
  if (what === 'ring') console.log(till.ring(JSON.parse(readFileSync(0, 'utf8'))).sequence)
  else {
    const { takenTo, refused } = await till.send()
    console.log(JSON.stringify({ takenTo, refused }))
    process.exitCode = refused.length > 0 ? 1 : 0
  }
}
