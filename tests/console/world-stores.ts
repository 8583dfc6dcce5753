/** Stores of the tests' trading day, and the numbers a SKU had: a till in order, one late, one in trouble. */
import type { stockHistory } from '#api/contract-stock.ts'
import type { storeList } from '#api/contract-stores.ts'
import type { Overview } from '#api/contract.ts'
import type { z } from 'zod'
import { moneyOf } from './world-pages.ts'

type Stores = z.infer<typeof storeList>['stores']
type Till = Stores[number]['registers'][number]
type Ago = (minutes: number) => string

const tillAt = (ago: Ago, registerId: string, change: Partial<Till> = {}): Till => ({
  registerId,
  status: 'open',
  attention: false,
  lastUploadAt: ago(3),
  lastRecordAt: ago(4),
  offlineSince: null,
  takenTo: 1_482,
  waiting: 0,
  asked: [],
  refusals: [],
  held: [],
  trouble: null,
  days: [
    {
      businessDate: '2026-11-21', sales: 61, returns: 2, voids: 1, total: moneyOf(284_310), zReport: false,
      differences: [], ended: false, late: 0, posted: 58, pending: 3, closed: false,
    },
    {
      businessDate: '2026-11-20', sales: 118, returns: 4, voids: 0, total: moneyOf(561_905), zReport: true,
      differences: [], ended: true, late: 2, posted: 122, pending: 0, closed: true,
    },
  ],
  ...change,
}) // prettier-ignore

export const storesAt = (ago: Ago): Stores => [
  {
    storeId: 'berlin-7',
    pool: 'BER7',
    posting: 'receipt',
    registers: [
      tillAt(ago, '1'),
      tillAt(ago, '2', {
        status: 'gap',
        attention: true,
        asked: [
          { from: 1_483, to: 1_490 },
          { from: 1_502, to: 1_502 },
        ],
        waiting: 14,
        refusals: [{ sequence: 1_502, code: 'total_wrong', detail: 'The lines come to 41.80, the record says 41.08.' }],
        held: [
          {
            txId: 't-9', number: 'B7-2-00981', businessDate: '2026-11-20', total: moneyOf(4_180), code: 'sku_unknown',
            message: 'Odoo does not know the SKU LAMP-OAK-XXL.',
          },
        ],
      }),
    ],
  },
  {
    storeId: 'hamburg-2',
    pool: 'HAM2',
    posting: 'day',
    registers: [tillAt(ago, '1', { lastUploadAt: ago(190), offlineSince: ago(190) })],
  },
  { storeId: 'munich-1', pool: 'MUC1', posting: 'none', registers: [] },
] // prettier-ignore

export const storesNowAt = (ago: Ago): Overview['stores'] => ({
  tills: 3,
  silent: 1,
  gaps: 1,
  trouble: 1,
  held: 1,
  late: [
    {
      storeId: 'berlin-7', registerId: '2', since: ago(3), why: 'trouble',
      words: '1 record refused, 1 receipt not taken by the ERP, 9 records missing',
    },
    { storeId: 'hamburg-2', registerId: '1', since: ago(190), why: 'silent', words: 'Silent with its day open' },
  ],
}) // prettier-ignore

type History = z.infer<typeof stockHistory>

/** Two pages of what was learnt: the newer has 60 points, the older 20. */
export function historyBefore(before: number | undefined, ago: Ago): History {
  const numbers = before === undefined ? range(21, 80) : range(1, 20)
  return {
    points: numbers.map((version) => {
      const at = ago((80 - version) * 9)
      const wave = Math.round(30 + 18 * Math.sin(version / 7))
      if (version % 3 === 1) return { version, at, onHand: wave + 12, free: wave }
      return version % 3 === 2
        ? { version, at, channel: 'shopify-main', shown: Math.floor(wave / 2) }
        : { version, at, channel: 'woo-outlet', shown: Math.floor(wave / 3) }
    }),
    before: before === undefined ? 21 : null,
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)
