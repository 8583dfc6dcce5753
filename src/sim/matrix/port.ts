/**
 * A port for a hub that dies and comes back to it. Not one that the system hands out to whoever asks for any: between
 * two lives it would go to the next connection somebody opens.
 */
import { threadId } from 'node:worker_threads'
import { isPortFree } from '#store/ports.ts'

/** Below what Linux, macOS and Windows give to connections. */
const [FIRST, LAST] = [15_000, 30_000]

/** Neither processes nor the threads of one begin at the same: a port is free until its hub listens. */
let last = FIRST + ((process.pid * 97 + threadId * 4_999) % (LAST - FIRST))

export async function ownPort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    last = last < LAST ? last + 1 : FIRST
    if (await isPortFree(last)) return last
  }
  throw new Error(`No port between ${FIRST} and ${LAST} is free on 127.0.0.1.`)
}
