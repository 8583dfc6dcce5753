/** The button that writes a whole list into a file, and says meanwhile how far it is. */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { count } from '../money.ts'
import { say } from './toast.tsx'

/** @param write reads and saves, tells how many rows are here, and @returns what is said at the end. */
export function Export({ write }: { write(progress: (rows: number) => void): Promise<string> }) {
  const here = useSignal<number | null>(null)
  const run = async (): Promise<void> => {
    here.value = 0
    try {
      say(await write((rows) => void (here.value = rows)))
    } catch (error) {
      sorry(error)
    }
    here.value = null
  }
  return (
    <button type="button" class="button export" disabled={here.value !== null} onClick={() => void run()}>
      {here.value === null ? 'Export CSV' : `${count(here.value)} rows …`}
    </button>
  )
}
