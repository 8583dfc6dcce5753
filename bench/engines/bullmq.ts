/**
 * BullMQ on a Redis that writes every change to disk before it answers, since a step must survive a crash. What a step
 * writes and the job of the next are two systems: the job's name makes a repeat harmless.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#store/ports.ts'
import { type Candidate, countdown, type Flow, type Pool, STEPS, write } from './flow.ts'
import { load } from './install.ts'

interface Queue {
  add(name: string, data: Flow, options: object): Promise<unknown>
  addBulk(jobs: { name: string; data: Flow; opts: object }[]): Promise<unknown>
  close(): Promise<void>
}
interface Worker {
  on(event: 'error', listener: (error: Error) => void): void
  close(force: boolean): Promise<void>
}
interface Connection {
  disconnect(): void
}
interface Bull {
  Queue: new (name: string, options: object) => Queue
  Worker: new (name: string, work: (job: { data: Flow }) => Promise<void>, options: object) => Worker
}

/** Whether there is a Redis to run. */
export const redisThere = (): boolean => spawnSync('redis-server', ['--version']).status === 0

export async function bullmq(_url: string, pool: Pool): Promise<Candidate> {
  const redis = await startRedis()
  const { Queue, Worker } = await load<Bull>('bullmq')
  const { Redis } = await load<{ Redis: new (options: object) => Connection }>('ioredis')
  const connect = () => new Redis({ host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null })
  const connections = [connect(), connect()]
  const queue = new Queue('flow', { connection: connections[0] })
  const job = (flow: Flow) => ({
    name: 'step', data: flow, opts: { jobId: `${flow.id}-${flow.step}`, removeOnComplete: true },
  }) // prettier-ignore
  let done = countdown(0)
  const work = async ({ data }: { data: Flow }): Promise<void> => {
    await write(pool, [data])
    if (data.step + 1 === STEPS) return done.one()
    const next = job({ id: data.id, step: data.step + 1 })
    await queue.add(next.name, next.data, next.opts)
  }
  const worker = new Worker('flow', work, { connection: connections[1], concurrency: 32 })
  worker.on('error', () => {})
  return {
    async run(ids) {
      done = countdown(ids.length)
      await queue.addBulk(ids.map((id) => job({ id, step: 0 })))
      await done.all
    },
    async stop() {
      await worker.close(true)
      await queue.close()
      for (const connection of connections) connection.disconnect()
      await redis.stop()
    },
  }
}

async function startRedis(): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-redis-'))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const server = spawn('redis-server', [...args, '--appendonly', 'yes', '--appendfsync', 'always'], { stdio: 'ignore' })
  for (let tries = 0; tries < 100 && !(await answers(port)); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    port,
    async stop() {
      await ended(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const ended = (server: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    server.once('exit', () => resolve())
    server.kill()
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => resolve(true)).on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
