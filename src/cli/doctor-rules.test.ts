/** What goes only together, and what goes by itself. */
import { expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { checkRules } from './doctor-rules.ts'

const configured = (customers: string, policy: string) =>
  parseConfig(
    `
erp: odoo
connections:
  odoo:
    connector: odoo
    config: { url: http://odoo.sim, database: d, user: u, apiKey: env:KEY${customers} }
policy: { channels: {}${policy} }
`,
    'test.yaml',
  )

test('rules for joining records that the ERP does not follow are told, and nothing else', () => {
  const records = ', customers: { from: records }'
  const joining = ', customers: { match: review }'
  expect(checkRules(configured('', joining))).toMatchObject([{ level: 'warning', about: 'customers' }])
  expect(checkRules(configured(records, joining))).toEqual([])
  expect(checkRules(configured(records, ''))).toEqual([])
  expect(checkRules(configured('', ', customers: { match: off }'))).toEqual([])
})
