/** E-mail by SMTP. The one place that speaks it; who is told what is decided elsewhere. */
import type { EmailPolicy } from '#policy/dead-letters.ts'
import { createTransport } from 'nodemailer'

export interface Mail {
  /** Stable over repeats: receivers and their servers know a repeat by it. */
  id: string
  subject: string
  text: string
}

/** Throws what the server said when it did not take the message. */
export type SendMail = (mail: Mail) => Promise<void>

const PATIENCE_MS = 20_000

/** @param secret resolves the reference of the password. */
export function smtp(policy: EmailPolicy, secret: (reference: string) => string): SendMail {
  const { host, port, user, password, from, to, tls } = policy
  return async ({ id, subject, text }) => {
    const transport = createTransport({
      host,
      port,
      secure: port === 465,
      requireTLS: tls === 'required',
      ignoreTLS: false,
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
      ...(user === undefined ? {} : { auth: { user, pass: password ? secret(password) : '' } }),
    })
    try {
      const domain = from.slice(from.lastIndexOf('@') + 1)
      const headers = { 'Auto-Submitted': 'auto-generated' }
      await transport.sendMail({ from, to, subject, text, messageId: `<${id}@${domain}>`, headers })
    } finally {
      transport.close()
    }
  }
}
