/**
 * Who may use the API. Without a token only this machine may, and the hub listens nowhere else. With one: as a bearer,
 * or as a session cookie that a browser cannot read and other sites cannot send.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Refusal } from './problem.ts'

export const SESSION_COOKIE = 'crossdock_session'
const SESSION_SECONDS = 12 * 60 * 60
const TOKEN_LENGTH_MIN = 16

export interface AccessOptions {
  token?: string | undefined
  /** Where the server listens. */
  host: string
  /** Names under which the hub may be asked, besides those of this machine. */
  names?: readonly string[] | undefined
  now(): number
}

/** What is known of a request before it is looked at. Header names in lower case. */
export interface Knock {
  method: string
  header(name: string): string | undefined
}

export interface Access {
  needed: boolean
  /** Whether the request carries the token or a session. */
  admits(knock: Knock): boolean
  /** @returns why not, or null. */
  refuses(knock: Knock, options: { open: boolean; signed?: boolean }): Refusal | null
  /** @returns the cookie, or null when the token is not the right one. */
  openSession(token: string): string | null
  closeSession(): string
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/

/** Throws when the server would be open to others without a token. */
export function createAccess({ token, host, names = [], now }: AccessOptions): Access {
  const local = LOOPBACK.test(host)
  if (!local && !token) {
    throw new Error(
      `The hub would listen on ${host}, where others can reach it, without a token. Set hub.token, or hub.host to 127.0.0.1.`,
    )
  }
  if (!local && token && token.length < TOKEN_LENGTH_MIN) {
    throw new Error(`The token is shorter than ${TOKEN_LENGTH_MIN} characters. Set hub.token to a longer one.`)
  }
  const key = createHash('sha256')
    .update(`crossdock session ${token ?? ''}`)
    .digest()
  const seal = (until: string) => createHmac('sha256', key).update(until).digest('base64url')

  const hasBearer = ({ header }: Knock): boolean => {
    const given = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1]
    return token !== undefined && given !== undefined && same(given, token)
  }
  const hasSession = ({ header }: Knock): boolean => {
    const value = cookieOf(header('cookie') ?? '', SESSION_COOKIE)
    const [until = '', sealed = ''] = value?.split('.') ?? []
    return /^\d{1,15}$/.test(until) && Number(until) > now() && same(sealed, seal(until))
  }
  const cookie = (value: string, seconds: number) =>
    `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`
  const admits = (knock: Knock): boolean => !token || hasBearer(knock) || hasSession(knock)

  return {
    needed: Boolean(token),
    admits,
    refuses(knock, { open, signed = false }) {
      if (local && !isOurs(knock.header('host'), names)) return WRONG_HOST
      if (!open && !admits(knock)) return CLOSED
      const changes = knock.method !== 'GET' && knock.method !== 'HEAD' && knock.method !== 'OPTIONS'
      // No other site can have signed it.
      return changes && !signed && !hasBearer(knock) && !isSameOrigin(knock) ? OTHER_ORIGIN : null
    },
    openSession(given) {
      if (!token || !same(given, token)) return null
      const until = String(now() + SESSION_SECONDS * 1_000)
      return cookie(`${until}.${seal(until)}`, SESSION_SECONDS)
    },
    closeSession: () => cookie('', 0),
  }
}

/** Takes the same time however much is equal. */
function same(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

function cookieOf(header: string, name: string): string | undefined {
  const pair = header.split(';').find((one) => one.trimStart().startsWith(`${name}=`))
  return pair?.slice(pair.indexOf('=') + 1).trim()
}

/** A page of another site may have its own name point at this machine; its requests then carry that name. */
function isOurs(host: string | undefined, names: readonly string[]): boolean {
  const name = (host ?? '').replace(/:\d{1,5}$/, '').toLowerCase()
  return LOOPBACK.test(name) || names.includes(name)
}

function isSameOrigin({ header }: Knock): boolean {
  const origin = header('origin')
  if (origin === undefined || !URL.canParse(origin)) return false
  return new URL(origin).host === (header('host') ?? '').toLowerCase()
}

const WRONG_HOST = new Refusal(421, 'wrong_host', {
  title: 'Asked under a name that is not ours',
  detail: 'The hub listens on this machine only and was asked under another name.',
  cure: 'Use http://localhost, or set hub.publicUrl.',
})

const CLOSED = new Refusal(
  401,
  'token_needed',
  {
    title: 'A token is needed',
    detail: 'The request carries no valid token.',
    cure: 'Send it as a bearer, or log in to the console.',
  },
  { 'www-authenticate': 'Bearer' },
)

const OTHER_ORIGIN = new Refusal(403, 'other_origin', {
  title: 'Not from our own page',
  detail: 'The request changes something and comes from no page of the hub.',
  cure: 'Use the console, send a bearer token, or set the header Origin to the address of the hub.',
})
