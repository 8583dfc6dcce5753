/** Asks for the token once; the hub then remembers this browser. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { openSession, Trouble } from '../api.ts'
import { Logo } from '../icons.tsx'
import type { Problem } from '../types.ts'

export function LoginPage() {
  const token = useSignal('')
  const busy = useSignal(false)
  const problem = useSignal<Problem | null>(null)
  useEffect(() => void (document.title = 'Log in · Crossdock'), [])

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    busy.value = true
    try {
      await openSession(token.value.trim())
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      problem.value = error.problem
    }
    busy.value = false
  }

  return (
    <main class="login" id="main">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <Logo />
        <h1>Log in to Crossdock</h1>
        <p class="soft">
          Paste the access token. Whoever runs the hub has it: the setting <code>hub.token</code> names it.
        </p>
        <label for="token">Access token</label>
        <input
          id="token"
          class="field"
          type="password"
          autoComplete="current-password"
          required
          aria-describedby={problem.value ? 'token-trouble' : undefined}
          value={token.value}
          onInput={({ currentTarget }) => (token.value = currentTarget.value)}
        />
        <div class="login-trouble" id="token-trouble" role="alert">
          {problem.value && (
            <p>
              {problem.value.title}. {problem.value.cure}
            </p>
          )}
        </div>
        <button type="submit" class="button main" disabled={busy.value}>
          Log in
        </button>
      </form>
    </main>
  )
}
