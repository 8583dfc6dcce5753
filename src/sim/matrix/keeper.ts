/** Keeps a hub alive: whenever it dies, the same command is started again, with the next place to die at. */
import type { Ended, HubProcess } from './hub-process.ts'
import type { Fatal } from './points.ts'

export interface Keeper {
  /** The one that runs now. */
  hub(): HubProcess
  /** How often it died where it was meant to. */
  deaths(): number
  /** Ends that nobody had meant. */
  accidents(): readonly string[]
  /** Kills it and starts no more. */
  stop(): Promise<void>
}

/** A hub that cannot be kept alive is given up. */
const ACCIDENTS_MAX = 3

/** @param fatals where it dies, one life after the other; the last life has no end. */
export function keepAlive(start: (fatal: Fatal | null) => HubProcess, fatals: readonly Fatal[]): Keeper {
  let stopping = false
  let deaths = 0
  const accidents: string[] = []
  let hub = start(fatals[0] ?? null)

  const living = (async () => {
    for (let life = 1; ; life += 1) {
      const ended = await hub.ended
      if (stopping || accidents.length >= ACCIDENTS_MAX) return
      if (ended.signal === 'SIGKILL') deaths += 1
      else accidents.push(lastWords(hub, ended))
      hub = start(fatals[life] ?? null)
    }
  })()

  return {
    hub: () => hub,
    deaths: () => deaths,
    accidents: () => accidents,
    async stop() {
      stopping = true
      hub.kill('SIGKILL')
      await living
    },
  }
}

const lastWords = (hub: HubProcess, { code, signal }: Ended): string =>
  `The hub ended by itself (${signal ?? code}): ${hub.said().slice(-12).join(' ')}`
