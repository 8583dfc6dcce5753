/** A partner's SFTP server over a folder of this machine: version 3 of the protocol, as much of it as partners have. */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  existsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2'
import { fingerprintOf } from './sftp.ts'

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp

export interface SftpServer {
  port: number
  hostKey: string
  /** Open sessions break off after so many further requests. */
  breakAfter(requests: number): void
  close(): Promise<void>
}

export async function serveSftp(root: string, user: string, password: string): Promise<SftpServer> {
  const pair = ssh2.utils.generateKeyPairSync('ed25519')
  let left = Infinity
  const server = new ssh2.Server({ hostKeys: [pair.private] }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (context) => {
      const right = context.method === 'password' && context.username === user && context.password === password
      if (right) context.accept()
      else context.reject(['password'])
    })
    client.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => {
        answer(acceptSftp(), root, () => {
          left -= 1
          if (left >= 0) return true
          client.end()
          return false
        })
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const parsed = ssh2.utils.parseKey(pair.public)
  if (parsed instanceof Error) throw parsed
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: fingerprintOf(parsed.getPublicSSH()),
    breakAfter: (requests) => void (left = requests),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function answer(sftp: SFTPWrapper, root: string, isOpen: () => boolean): void {
  const place = (path: string) => join(root, path)
  const folders = new Map<string, string[]>()
  let handles = 0
  const handled = (id: number, work: () => void) => {
    if (!isOpen()) return
    try {
      work()
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      sftp.status(id, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE)
    }
  }
  const ok = (id: number) => sftp.status(id, STATUS_CODE.OK)
  const file = (handle: Buffer) => handle.readUInt32BE(0)
  const handleOf = (number: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(number)
    return bytes
  }
  const attributes = ({ size, mtimeMs, mode }: { size: number; mtimeMs: number; mode: number }): Attributes => {
    const seconds = Math.floor(mtimeMs / 1_000)
    return { size, mode, uid: 0, gid: 0, atime: seconds, mtime: seconds }
  }
  sftp.on('OPEN', (id, path, flags) =>
    handled(id, () => sftp.handle(id, handleOf(openSync(place(path), flags & OPEN_MODE.WRITE ? 'w' : 'r')))),
  )
  sftp.on('READ', (id, handle, offset, length) =>
    handled(id, () => {
      const bytes = Buffer.alloc(length)
      const many = readSync(file(handle), bytes, 0, length, offset)
      if (many === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.data(id, bytes.subarray(0, many))
    }),
  )
  sftp.on('WRITE', (id, handle, offset, data) =>
    handled(id, () => (writeSync(file(handle), data, 0, data.length, offset), ok(id))),
  )
  sftp.on('FSTAT', (id, handle) => handled(id, () => sftp.attrs(id, attributes(fstatSync(file(handle))))))
  sftp.on('FSETSTAT', (id) => handled(id, () => ok(id)))
  sftp.on('STAT', (id, path) => handled(id, () => sftp.attrs(id, attributes(statSync(place(path))))))
  sftp.on('CLOSE', (id, handle) =>
    handled(id, () => {
      if (!folders.delete(handle.toString('hex'))) closeSync(file(handle))
      ok(id)
    }),
  )
  sftp.on('OPENDIR', (id, path) =>
    handled(id, () => {
      const handle = handleOf(0x7000_0000 + (handles += 1))
      folders.set(
        handle.toString('hex'),
        readdirSync(place(path)).map((name) => join(path, name)),
      )
      sftp.handle(id, handle)
    }),
  )
  sftp.on('READDIR', (id, handle) =>
    handled(id, () => {
      const names = folders.get(handle.toString('hex')) ?? []
      folders.set(handle.toString('hex'), [])
      if (names.length === 0) return sftp.status(id, STATUS_CODE.EOF)
      sftp.name(
        id,
        names.map((path) => ({
          filename: path.slice(path.lastIndexOf('/') + 1),
          longname: path,
          attrs: attributes(statSync(place(path))),
        })),
      )
    }),
  )
  sftp.on('RENAME', (id, from, to) =>
    handled(id, () => {
      if (existsSync(place(to))) return sftp.status(id, STATUS_CODE.FAILURE)
      renameSync(place(from), place(to))
      ok(id)
    }),
  )
  sftp.on('REMOVE', (id, path) => handled(id, () => (unlinkSync(place(path)), ok(id))))
  sftp.on('MKDIR', (id, path) => handled(id, () => (mkdirSync(place(path)), ok(id))))
}
