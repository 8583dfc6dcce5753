/** The ERP's kits held against the policy's: by what lies on shelves. */
import { describe, expect, it } from 'vitest'
import { type Bill, compareKits, standingsOf, standingText } from './bills.ts'

const bill = (sku: string, parts: Bill['parts'], problems: readonly string[] = []): Bill => {
  return { sku, parts, problems, remarks: [] }
}
const kit = (parts: Bill['parts']) => ({ parts })

const shown = (kits: Parameters<typeof compareKits>[0], bills: readonly Bill[]) =>
  compareKits(kits, bills).map(({ sku, agrees, policy, erp }) =>
    [sku, agrees, policy && standingText(policy), erp && standingText(erp)]) // prettier-ignore

describe('kits of the policy and of the ERP', () => {
  it('agree when the same goods are taken, though one side writes a kit within a kit out', () => {
    const bills = [bill('BOX', { SET: 2, MUG: 1 }), bill('SET', { TRAY: 1, MUG: 2 })]
    expect(shown({ BOX: kit({ MUG: 5, TRAY: 2 }), SET: kit({ MUG: 2, TRAY: 1 }) }, bills)).toEqual([
      ['BOX', true, '5 MUG, 2 TRAY', '5 MUG, 2 TRAY'],
      ['SET', true, '2 MUG, 1 TRAY', '2 MUG, 1 TRAY'],
    ])
  })

  it('differ where other goods are taken, also deep within, and where one side alone has it', () => {
    const kits = { BOX: kit({ SET: 1 }), SET: kit({ MUG: 2 }), OLD: kit({ MUG: 1 }) }
    expect(shown(kits, [bill('BOX', { SET: 1 }), bill('SET', { MUG: 3 }), bill('NEW', { MUG: 4 })])).toEqual([
      ['BOX', false, '2 MUG', '3 MUG'],
      ['NEW', false, null, '4 MUG'],
      ['OLD', false, '1 MUG', null],
      ['SET', false, '2 MUG', '3 MUG'],
    ])
    expect(shown(undefined, [])).toEqual([])
  })

  it('never agree on one the hub cannot have, nor on what has it within', () => {
    const bills = [bill('BOX', { SET: 2 }), bill('SET', {}, ['SET takes 0.5 of MUG.'])]
    expect(shown({ BOX: kit({ MUG: 1 }) }, bills)).toEqual([
      ['BOX', false, '1 MUG', 'SET takes 0.5 of MUG.'],
      ['SET', false, null, 'SET takes 0.5 of MUG.'],
    ])
  })

  it('name one that comes back to itself, as a line of Odoo can make it', () => {
    const standings = standingsOf([bill('A', { B: 1 }), bill('B', { A: 1, C: 1 }), bill('D', { D: 1 })])
    expect([...standings].map(([sku, one]) => [sku, standingText(one)])).toEqual([
      ['A', 'The kit A is among its own parts.'],
      ['B', 'The kit B is among its own parts.'],
      ['D', 'The kit D is among its own parts.'],
    ])
  })
})
