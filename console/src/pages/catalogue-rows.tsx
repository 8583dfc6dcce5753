/** The products that are not shown as they should be, each with what differs and who may write it. */
import type { Signal } from '@preact/signals'
import { Pill } from '../components/pill.tsx'
import type { CatalogueRow } from '../types.ts'
import { fieldOf, keyOf, ROW_WORDS, troubleOf } from '../words-catalogue.ts'

interface Props {
  rows: readonly CatalogueRow[]
  chosen: Signal<ReadonlySet<string>>
}

/** Only what the hub writes can be sent. */
export const isSendable = ({ mode, status }: CatalogueRow): boolean => mode === 'on' && status !== 'unknown'

export function CatalogueRows({ rows, chosen }: Props) {
  return (
    <table class="rows catalogue">
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col">State</th>
          <th scope="col">Odoo has, the channel shows</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={keyOf(row)} row={row} chosen={chosen} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row, chosen }: { row: CatalogueRow; chosen: Props['chosen'] }) {
  const key = keyOf(row)
  const { sku, channel, status, differences, troubles, failed } = row
  const change = (on: boolean) => {
    const next = new Set(chosen.value)
    if (on) next.add(key)
    else next.delete(key)
    chosen.value = next
  }
  return (
    <tr>
      <td class="col-label break">
        <label class="choice">
          <input
            type="checkbox"
            data-row
            disabled={!isSendable(row)}
            checked={chosen.value.has(key)}
            onChange={({ currentTarget }) => change(currentTarget.checked)}
          />
          <span class="mono">{sku}</span>
        </label>
        <div class="faint small cut">{channel}</div>
      </td>
      <td>
        <Pill {...ROW_WORDS[status]} />
      </td>
      <td class="small break">
        {differences.map((one) => (
          <div key={fieldOf(one)}>
            <span class="soft">{fieldOf(one)}</span> <strong>{one.ours}</strong>, {one.theirs ?? 'not known'}
            {one.owner === 'channel' && <span class="faint"> (the channel’s own)</span>}
          </div>
        ))}
        {troubles.map((one) => (
          <div key={`${one.code}/${one.field}`} class="tone-warn">
            {troubleOf(one)}
          </div>
        ))}
        {failed !== null && <div class="tone-bad">Given up: {failed}</div>}
      </td>
    </tr>
  )
}
