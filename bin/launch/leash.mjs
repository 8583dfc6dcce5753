/**
 * Loaded into the hub by the launcher: when the launcher is killed, its end of the pipe closes and the hub stops in
 * order.
 */
import { Socket } from 'node:net'
import { isMainThread } from 'node:worker_threads'

const LAUNCHER_PIPE = 3

// Threads and child processes of the hub inherit how it was started, but not the pipe.
if (isMainThread && Number(process.env.CROSSDOCK_LAUNCHER) === process.ppid) {
  const leash = new Socket({ fd: LAUNCHER_PIPE, readable: true, writable: false })
  leash.on('error', () => {})
  leash.on('close', () => process.kill(process.pid, 'SIGTERM'))
  leash.resume()
  leash.unref()
}
