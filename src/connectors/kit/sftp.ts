/**
 * Files on a partner's server by SFTP, one connection for each piece of work. Whoever answers must show the host key
 * that was agreed on; files get their name when they are whole.
 */
import { createHash } from 'node:crypto'
import { dirname } from 'node:path/posix'
import ssh2, { type SFTPWrapper } from 'ssh2'
import { Fault } from '../../fault.ts'
import type { Files } from './files.ts'

export interface SftpAccess {
  host: string
  port: number
  user: string
  /** As `ssh-keygen -lf` shows it: `SHA256:…`. */
  hostKey: string
  password?: string | undefined
  /** In OpenSSH's or PEM form. */
  privateKey?: string | undefined
  timeoutMs: number
  /** Codes of faults: another host key, refused credentials, no connection. */
  codes: { hostKey: string; login: string; lost: string }
}

/** @throws Fault `unauthorised` for another host key or refused credentials, `unavailable` otherwise. */
export async function overSftp<T>(access: SftpAccess, work: (files: Files) => Promise<T>): Promise<T> {
  const client = new ssh2.Client()
  // What is under way when a connection breaks would wait for ever.
  const broken = new Promise<never>((_, reject) => {
    client.on('error', reject)
    client.on('close', () => reject(new Error('The connection was closed.')))
  })
  broken.catch(() => undefined)
  const shown: { stranger?: string } = {}
  try {
    const all = open(client, access, shown).then((sftp) => work(filesOf(sftp)))
    all.catch(() => undefined)
    return await Promise.race([all, broken])
  } catch (error) {
    if (shown.stranger) throw otherHost(access, shown.stranger)
    throw error instanceof Fault ? error : faultOf(error, access)
  } finally {
    client.end()
  }
}

function open(
  client: InstanceType<typeof ssh2.Client>,
  access: SftpAccess,
  shown: { stranger?: string },
): Promise<SFTPWrapper> {
  const { host, port, user: username, password, privateKey, hostKey, timeoutMs } = access
  return new Promise((resolve, reject) => {
    client.on('ready', () => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))))
    client.connect({
      host,
      port,
      username,
      readyTimeout: timeoutMs,
      keepaliveInterval: timeoutMs,
      ...(password === undefined ? {} : { password }),
      ...(privateKey === undefined ? {} : { privateKey }),
      hostVerifier: (key: Buffer) => {
        const fits = fingerprintOf(key) === hostKey
        if (!fits) shown.stranger = fingerprintOf(key)
        return fits
      },
    })
  })
}

export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

const otherHost = ({ host, codes }: SftpAccess, shown: string): Fault =>
  new Fault('unauthorised', `${host} shows the host key ${shown}, not the one agreed on. Nothing was sent to it.`, {
    code: codes.hostKey,
  })

function faultOf(error: unknown, { host, codes }: SftpAccess): Fault {
  const { level } = error as { level?: string }
  if (level === 'client-authentication')
    return new Fault('unauthorised', `${host} refuses the user or the key.`, { code: codes.login })
  return new Fault('unavailable', `${host} cannot be reached by SFTP, or broke off.`, { code: codes.lost })
}

const NO_SUCH_FILE = 2
type Done = (error?: Error | null) => void

function filesOf(sftp: SFTPWrapper): Files {
  const call = (work: (done: Done) => void): Promise<void> =>
    new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())))
  const rename = async (from: string, to: string): Promise<void> => {
    // Version 3 of the protocol renames onto nothing that is there.
    await call((done) => sftp.unlink(to, done)).catch(() => undefined)
    await call((done) => sftp.rename(from, to, done))
  }
  return {
    list: (folder) =>
      new Promise((resolve, reject) =>
        sftp.readdir(folder, (error, entries) => {
          if (error) return isMissing(error) ? resolve([]) : reject(error)
          const files = entries.filter(({ attrs }) => attrs.isFile())
          const found = files.map(({ filename: name, attrs }) => ({
            name,
            sizeBytes: attrs.size,
            changedMs: attrs.mtime * 1_000,
          }))
          resolve(found.sort((a, b) => (a.name < b.name ? -1 : 1)))
        }),
      ),
    read: (path) =>
      new Promise((resolve, reject) =>
        sftp.readFile(path, (error, bytes) => {
          if (error) return isMissing(error) ? resolve(null) : reject(error)
          resolve(bytes.toString('utf8'))
        }),
      ),
    bytes: (path) => piecesOf(sftp, path),
    async write(path, text) {
      await call((done) => sftp.writeFile(`${path}.tmp`, text, done))
      await rename(`${path}.tmp`, path)
    },
    async move(from, to) {
      await call((done) => sftp.mkdir(dirname(to), done)).catch(() => undefined)
      await rename(from, to).catch((error: Error) => {
        if (!isMissing(error)) throw error
      })
    },
  }
}

const PIECE_BYTES = 32 * 1024
const END_OF_FILE = 1

/** Not the library's own stream: that one fails with nobody listening when a session breaks while it is closed. */
async function* piecesOf(sftp: SFTPWrapper, path: string): AsyncGenerator<Uint8Array> {
  const handle = await new Promise<Buffer>((resolve, reject) =>
    sftp.open(path, 'r', (error, opened) => (error ? reject(error) : resolve(opened))),
  )
  const read = (at: number) =>
    new Promise<Uint8Array>((resolve, reject) => {
      const into = Buffer.alloc(PIECE_BYTES)
      sftp.read(handle, into, 0, PIECE_BYTES, at, (error, many) => {
        if (error && (error as { code?: unknown }).code !== END_OF_FILE) reject(error)
        else resolve(into.subarray(0, error ? 0 : many))
      })
    })
  try {
    for (let at = 0; ;) {
      const piece = await read(at)
      if (piece.length === 0) return
      yield piece
      at += piece.length
    }
  } finally {
    await new Promise<void>((done) => sftp.close(handle, () => done()))
  }
}

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === NO_SUCH_FILE
