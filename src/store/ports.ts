/** Free TCP ports on this machine's own address. */
import { createServer } from 'node:net'
import { threadId } from 'node:worker_threads'

/** Whether a server could listen on 127.0.0.1 at this port right now. */
export const isPortFree = (port: number): Promise<boolean> =>
  bind(port).then(
    (bound) => bound === port,
    () => false,
  )

/** Below what Linux, macOS and Windows give to connections. */
const [FIRST, LAST] = [15_000, 30_000]

/** Neither processes nor the threads of one begin at the same: a port is free until its server listens. */
let last = FIRST + ((process.pid * 97 + threadId * 4_999) % (LAST - FIRST))

/**
 * A port nobody listens on right now, and not one that the system hands out to whoever opens a connection: while its
 * server is down it would go to the next of them, even to one that is looking for that very server. Another server may
 * take it before it is used: be ready to ask again.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    last = last < LAST ? last + 1 : FIRST
    if (await isPortFree(last)) return last
  }
  throw new Error(`No port between ${FIRST} and ${LAST} is free on 127.0.0.1.`)
}

function bind(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
