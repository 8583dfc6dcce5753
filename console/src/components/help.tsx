/** The overlay with all keys. */
import { helpOpen, KEYS } from '../keys.ts'
import { Dialog } from './dialog.tsx'

export function Help() {
  if (!helpOpen.value) return null
  const close = () => void (helpOpen.value = false)
  return (
    <Dialog title="Keys" onClose={close}>
      <dl class="keys">
        {KEYS.map(([keys, what]) => [
          <dt key={keys}>{keys.split(' ').map((key) => [<kbd key={key}>{key}</kbd>, ' '])}</dt>,
          <dd key={what}>{what}</dd>,
        ])}
      </dl>
      <div class="actions">
        <button type="button" class="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  )
}
