/** How a SKU is shared among channels, as the API says it. */
import { z } from 'zod'
import { object } from './contract-parts.ts'

export const stockMode = z.enum(['exclusive', 'shared'])

export const stockModeBody = object('StockModeBody', {
  mode: stockMode.nullable().describe('null leaves it to policy again.'),
})
