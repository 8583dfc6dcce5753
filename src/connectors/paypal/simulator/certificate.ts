/** Mints the root and the certificate the simulated PayPal signs with: Node reads certificates and makes none. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'

export interface Minted {
  /** The certificate and its issuer, as PayPal serves them. */
  bundle: string
  root: string
  key: KeyObject
}

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes))
const SHA256_RSA = sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), der(0x05))
const COMMON_NAME = oid(0x55, 0x04, 0x03)
const BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13)
const ALT_NAME = oid(0x55, 0x1d, 0x11)
const TRUE = Buffer.from([0x01, 0x01, 0xff])

const nameOf = (name: string) => sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))))
const moment = (text: string) => der(0x18, Buffer.from(text))

interface Wanted {
  serial: number
  subject: string
  issuer: string
  publicKey: KeyObject
  signer: KeyObject
  isRoot: boolean
  /** `YYYYMMDDhhmmssZ`. */
  until: string
}

function certificate({ serial, subject, issuer, publicKey, signer, isRoot, until }: Wanted): string {
  const extension = isRoot
    ? sequence(BASIC_CONSTRAINTS, TRUE, der(0x04, sequence(TRUE)))
    : sequence(ALT_NAME, der(0x04, sequence(der(0x82, Buffer.from(subject)))))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial])),
    SHA256_RSA,
    nameOf(issuer),
    sequence(moment('20200101000000Z'), moment(until)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  )
  const signature = createSign('RSA-SHA256').update(body).sign(signer)
  const whole = sequence(body, SHA256_RSA, der(0x03, Buffer.from([0]), signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** @param until when the certificate ends, `YYYYMMDDhhmmssZ`. */
export function mint(subject: string, until = '20990101000000Z'): Minted {
  const top = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const leaf = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const issuer = 'Simulated root'
  const common = { issuer, signer: top.privateKey }
  const root = certificate({
    ...common,
    serial: 1,
    subject: issuer,
    publicKey: top.publicKey,
    isRoot: true,
    until: '20990101000000Z',
  })
  const own = certificate({ ...common, serial: 2, subject, publicKey: leaf.publicKey, isRoot: false, until })
  return { bundle: own + root, root, key: leaf.privateKey }
}

/** One pair of keys is dear: all accounts of a process share it. */
let shared: Minted | null = null
export const sharedCertificate = (): Minted => (shared ??= mint('messageverificationcerts.paypal.com'))
