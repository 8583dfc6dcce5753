/**
 * Whose signature counts: a certificate from a host that is allowed, made out to PayPal, issued by a root that is
 * trusted, and in force. Fetched once, before it is needed; verifying itself asks nobody.
 */
import { createVerify, type KeyObject, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { crc32 } from 'node:zlib'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { HookRequest } from '../kit/connector.ts'
import { guarded } from '../kit/exchange.ts'
import { CERT_BYTES_MAX, CERT_REFUSED_MS, CERTS_KEPT } from './limits.ts'

export interface CertificateOptions {
  hosts: readonly string[]
  names: readonly string[]
  /** PEM, besides those this Node knows. */
  roots(): readonly string[]
  requestTimeoutMs: number
}

export interface Certificates {
  /** Sees to it that the certificate is here. Throws `forged`, or `unavailable` when it could not be had now. */
  fetch(url: string): Promise<void>
  /** The key of a certificate that is here and in force; null otherwise. */
  keyOf(url: string): KeyObject | null
}

type Kept = { leaf: X509Certificate } | { refused: Fault; untilMs: number }

export function openCertificates(options: CertificateOptions, io: Io): Certificates {
  const kept = new Map<string, Kept>()

  function keep(url: string, one: Kept): void {
    kept.delete(url)
    kept.set(url, one)
    if (kept.size > CERTS_KEPT) kept.delete(kept.keys().next().value!)
  }

  async function load(url: string): Promise<X509Certificate> {
    let text: string
    try {
      const response = await io.fetch(guarded(url, {}, options.requestTimeoutMs))
      if (!response.ok) throw new Error(String(response.status))
      text = await response.text()
    } catch {
      throw new Fault('unavailable', 'The certificate of a webhook could not be fetched. PayPal sends it again.', {
        code: 'paypal.no_certificate',
      })
    }
    const leaf = text.length > CERT_BYTES_MAX ? null : leafOf(text, options)
    if (!leaf) throw forged('The certificate of a webhook is not made out to PayPal by a root that is trusted.')
    return leaf
  }

  return {
    async fetch(url) {
      const one = kept.get(url)
      if (one && 'leaf' in one) return
      if (one && io.now() < one.untilMs) throw one.refused
      if (!isAllowed(url, options.hosts))
        throw forged('The certificate of a webhook lies at a host that is not among certificateHosts.')
      try {
        keep(url, { leaf: await load(url) })
      } catch (error) {
        if (error instanceof Fault) keep(url, { refused: error, untilMs: io.now() + CERT_REFUSED_MS })
        throw error
      }
    },
    keyOf(url) {
      const one = kept.get(url)
      if (!one || !('leaf' in one)) return null
      const { validFrom, validTo, publicKey } = one.leaf
      return Date.parse(validFrom) <= io.now() && io.now() <= Date.parse(validTo) ? publicKey : null
    },
  }
}

const forged = (message: string): Fault => new Fault('forged', message, { code: 'paypal.forged' })

/** Only over TLS, only these hosts, and no port, user or query of somebody's choosing. */
export function isAllowed(url: string, hosts: readonly string[]): boolean {
  const at = URL.parse(url)
  return (
    at !== null &&
    at.protocol === 'https:' &&
    at.port === '' &&
    at.username === '' &&
    at.search === '' &&
    hosts.includes(at.hostname) &&
    /^\/v1\/notifications\/certs\/[\w-]{1,100}$/.test(at.pathname)
  )
}

/** The first certificate of the bundle, when each is issued by the next and the last by a trusted root. */
function leafOf(text: string, { names, roots }: CertificateOptions): X509Certificate | null {
  try {
    const pems = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
    const chain = pems.slice(0, 5).map((pem) => new X509Certificate(pem))
    const [leaf] = chain
    if (!leaf || !names.some((name) => leaf.checkHost(name) !== undefined)) return null
    const linked = chain.slice(1).every((issuer, at) => issuer.ca && isIssued(chain[at]!, issuer))
    const last = chain.at(-1)!
    const trusted = [...roots(), ...rootCertificates]
    return linked && trusted.some((pem) => isIssued(last, new X509Certificate(pem))) ? leaf : null
  } catch {
    return null
  }
}

/** A root is issued by itself. */
const isIssued = (one: X509Certificate, by: X509Certificate): boolean => one.checkIssued(by) && one.verify(by.publicKey)

/** `transmission id | time | webhook id | CRC32 of the exact bytes, in decimals`, by RSA and SHA-256. */
export function isSigned({ headers, body }: HookRequest, webhookIds: readonly string[], key: KeyObject): boolean {
  const id = headers['paypal-transmission-id'] ?? ''
  const time = headers['paypal-transmission-time'] ?? ''
  const signature = Buffer.from(headers['paypal-transmission-sig'] ?? '', 'base64')
  if (id === '' || time === '' || headers['paypal-auth-algo'] !== 'SHA256withRSA') return false
  return webhookIds.some((webhookId) =>
    createVerify('RSA-SHA256')
      .update(signedText(id, time, webhookId, body))
      .verify(key, signature),
  )
}

export const signedText = (id: string, time: string, webhookId: string, body: Uint8Array): string =>
  `${id}|${time}|${webhookId}|${crc32(body)}`
