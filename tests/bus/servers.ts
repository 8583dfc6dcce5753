/** The NATS servers of a test file. Loud when nats-server is missing; where CI runs that is a failure. */
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll } from 'vitest'
import { type Cluster, PROGRAM, startCluster } from '../support/nats.ts'

/** @returns false, with a loud warning, when there is no nats-server here. */
function hasNats(): boolean {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    const message = `No ${PROGRAM}: the bus was NOT tested. Install it (apt-get install nats-server) or name it in NATS_SERVER.`
    if (process.env['CI']) throw new Error(message)
    process.stderr.write(`\n${message}\n`)
    return false
  }
}

/** Whether there is a nats-server: a test that needs one says nothing without it (see the warning). */
export const there = hasNats()

/** One cluster for all tests of a file. Call the function it gives inside them. */
export function useCluster(storeMax?: string): () => Cluster {
  let cluster: Cluster | undefined
  beforeAll(async () => {
    if (there) cluster = await startCluster(storeMax)
  })
  afterAll(() => cluster?.close())
  return () => {
    if (!cluster) throw new Error('The cluster is there once the tests run: ask for it inside one.')
    return cluster
  }
}
