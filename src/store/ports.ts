/** Free TCP ports on this machine's own address. */
import { createServer } from 'node:net'

/** Whether a server could listen on 127.0.0.1 at this port right now. */
export const isPortFree = (port: number): Promise<boolean> =>
  bind(port).then(
    (bound) => bound === port,
    () => false,
  )

/** A port nobody listens on right now. Somebody may take it before it is used: be ready to ask again. */
export const freePort = (): Promise<number> => bind(0)

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
