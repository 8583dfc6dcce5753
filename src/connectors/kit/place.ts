/**
 * Where a partner's files lie: in a folder of ours, or on the partner's own server by SFTP. The same for all who leave
 * files.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Files } from './files.ts'
import { overSftp, type SftpAccess } from './sftp.ts'

export const sftpConfig = z.strictObject({
  host: z.string().min(1).describe("Name of the partner's server."),
  port: z.int().min(1).max(65_535).default(22).describe('Its port.'),
  user: z.string().min(1).describe('The user there.'),
  password: z.string().min(1).meta({ secret: true }).optional().describe('Reference to the password.'),
  privateKey: z.string().min(1).meta({ secret: true }).optional().describe('Reference to the private key.'),
  hostKey: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/)
    .describe('Fingerprint of its host key, as ssh-keygen -lf shows it. Nobody else is talked to.'),
  directory: z.string().default('.').describe('Where the folders for files lie on the server.'),
  timeoutMs: z.int().min(1_000).default(20_000).describe('Waits this long for a connection, in milliseconds.'),
})

/** Does a piece of work on the partner's files. Over SFTP each has a session of its own. */
export type Place = <T>(work: (files: Files) => Promise<T>) => Promise<T>

export function openPlace(
  sftp: z.infer<typeof sftpConfig> | undefined,
  local: Files,
  io: Io,
  codes: SftpAccess['codes'],
): Place {
  if (!sftp) return (work) => work(local)
  const { password, privateKey, directory, ...where } = sftp
  const below = (path: string) => `${directory}/${path}`
  return (work) => {
    const secrets = { password: password && io.secret(password), privateKey: privateKey && io.secret(privateKey) }
    return overSftp({ ...where, ...secrets, codes }, (files) =>
      work({
        list: (folder) => files.list(below(folder)),
        read: (path) => files.read(below(path)),
        bytes: (path) => files.bytes(below(path)),
        write: (path, text) => files.write(below(path), text),
        move: (from, to) => files.move(below(from), below(to)),
      }),
    )
  }
}

/** What the file system says is not what a person needs to know first. @param code of a folder that cannot be used. */
export async function inFolder<T>(folder: string, code: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code: said } = error as NodeJS.ErrnoException
    if (error instanceof Fault || typeof said !== 'string') throw error
    throw new Fault('unavailable', `The folder ${folder} cannot be used (${said}).`, { code })
  }
}
