/** What a rule of pre-orders and backorders has to say, and what it gets when it does not. */
import { describe, expect, it } from 'vitest'
import { presaleSchema } from './presale.ts'

const wrong = (rule: object) => presaleSchema.safeParse([rule]).error?.issues.map(({ path }) => path.join('.')) ?? []

describe('a rule of what is sold before it is here', () => {
  it('needs little where the ERP knows what is coming', () => {
    expect(presaleSchema.parse([{ from: 'erp', channels: ['shop'] }])).toEqual([
      {
        kind: 'backorder', from: 'erp', channels: ['shop'], expected: [], since: null, cap: null, holdBack: 0,
        release: null, ship: 'whole', owner: 'buying',
      },
    ]) // prettier-ignore
  })

  it('is for certain SKUs, and from a moment on, where a table says so', () => {
    const table = { from: 'table', channels: ['shop'], expected: [{ date: '2026-12-05', pieces: 3 }] }
    expect(wrong(table)).toEqual(['0.skus', '0.since'])
    expect(wrong({ ...table, skus: ['MUG'], since: '2026-11-20T00:00:00.000Z' })).toEqual([])
    expect(wrong({ ...table, from: 'erp' })).toEqual(['0.expected'])
  })

  it('has a day of release for a pre-order, and days that are days', () => {
    expect(wrong({ from: 'erp', channels: ['shop'], kind: 'preorder' })).toEqual(['0.release'])
    expect(wrong({ from: 'erp', channels: ['shop'], release: '5 December' })).toEqual(['0.release'])
  })
})
