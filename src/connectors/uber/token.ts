/** The access token: kept until it ends, renewed by one call however many wait for it. */
import { Fault } from '../../fault.ts'
import { TOKEN_MARGIN_MS } from './limits.ts'

export interface Token {
  text: string
  untilMs: number
}

export interface Tokens {
  get(patient: boolean): Promise<Token>
  /** It was refused before its time: the next one who needs one gets another. */
  drop(token: Token): void
}

/** @param ask for a new one. */
export function openTokens(ask: (patient: boolean) => Promise<unknown>, now: () => number): Tokens {
  let kept: Token | null = null
  let renewing: Promise<Token> | null = null

  async function renew(patient: boolean): Promise<Token> {
    try {
      kept = tokenOf(await ask(patient), now())
      return kept
    } finally {
      renewing = null
    }
  }

  return {
    async get(patient) {
      if (kept && now() < kept.untilMs - TOKEN_MARGIN_MS) return kept
      renewing ??= renew(patient)
      return renewing
    },
    drop(token) {
      if (kept === token) kept = null
    },
  }
}

function tokenOf(answer: unknown, nowMs: number): Token {
  const { access_token: text, expires_in: seconds } = (answer ?? {}) as { access_token?: unknown; expires_in?: unknown }
  if (typeof text === 'string' && text !== '' && typeof seconds === 'number')
    return { text, untilMs: nowMs + seconds * 1_000 }
  throw new Fault('unavailable', "Uber's answer to the question for a token has none.", {
    code: 'uber.unexpected_answer',
  })
}
