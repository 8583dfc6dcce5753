/** JSON with its parts tinted, and a button that copies it. */
import { useSignal } from '@preact/signals'

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

export function Json({ value, name }: { value: unknown; name: string }) {
  const text = JSON.stringify(value, null, 2) ?? 'null'
  return (
    <div class="json">
      <Copy text={text} />
      <pre tabIndex={0} aria-label={name} role="region">
        {tinted(text)}
      </pre>
    </div>
  )
}

function tinted(text: string) {
  const parts: (string | preact.JSX.Element)[] = []
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    const [all, string, colon, word] = match
    parts.push(text.slice(end, match.index))
    const kind = string ? (colon ? 'key' : 'text') : word ? 'word' : 'number'
    const shown = string && colon ? string : all
    parts.push(<span class={`code-${kind}`}>{shown}</span>)
    if (string && colon) parts.push(colon)
    end = match.index + all.length
  }
  parts.push(text.slice(end))
  return parts
}

const DONE_MS = 2_000

function Copy({ text }: { text: string }) {
  const label = useSignal('Copy')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      label.value = 'Copied'
    } catch {
      label.value = 'Not allowed'
    }
    setTimeout(() => (label.value = 'Copy'), DONE_MS)
  }
  return (
    <button type="button" class="button low copy" onClick={() => void copy()}>
      <span aria-live="polite">{label}</span>
    </button>
  )
}
