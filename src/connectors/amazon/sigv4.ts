/**
 * Signature Version 4, by which AWS services (here: the queue) know who asks. The selling-partner API itself needs none
 * since October 2023. Held against the vectors AWS published.
 */
import { createHash, createHmac } from 'node:crypto'

export interface AwsKey {
  accessKeyId: string
  secretAccessKey: string
}

export interface ToSign {
  method: string
  url: URL
  /** All are signed, with `host` and `x-amz-date`. */
  headers: Readonly<Record<string, string>>
  body: string
  region: string
  service: string
  /** Milliseconds since 1970; AWS accepts five minutes of difference. */
  nowMs: number
}

/** The headers of the request with those that sign it. */
export function signed(request: ToSign, { accessKeyId, secretAccessKey }: AwsKey): Record<string, string> {
  const { method, url, body, region, service } = request
  const at = new Date(request.nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const day = at.slice(0, 8)
  const headers: Record<string, string> = { ...request.headers, 'host': url.host, 'x-amz-date': at }
  const names = Object.keys(headers).sort()
  const canonical = [
    method,
    url.pathname,
    queryOf(url),
    ...names.map((name) => `${name}:${headers[name]!.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`)
  const signature = hmac(key, text).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...headers, authorization }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

const queryOf = ({ searchParams }: URL): string =>
  [...searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&')
