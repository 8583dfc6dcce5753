/** A question before something is done. Closes with Escape; the focus goes back to where it was. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface Props {
  title: string
  children: ComponentChildren
  onClose(): void
}

export function Dialog({ title, children, onClose }: Props) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => before instanceof HTMLElement && before.focus()
  }, [])
  return (
    <dialog ref={element} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  )
}

interface ConfirmProps extends Props {
  action: string
  danger?: boolean
  busy: boolean
  onConfirm(): void
}

export const Confirm = ({ action, danger = false, busy, onConfirm, children, ...rest }: ConfirmProps) => (
  <Dialog {...rest}>
    {children}
    <div class="actions">
      <button type="button" class="button" onClick={rest.onClose}>
        Leave it
      </button>
      <button type="button" class={danger ? 'button danger' : 'button main'} disabled={busy} onClick={onConfirm}>
        {action}
      </button>
    </div>
  </Dialog>
)
