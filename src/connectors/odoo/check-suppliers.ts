/** What `doctor` finds out where suppliers' lists are read: whether their prices can be written, and used. */
import { Fault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import type { Odoo } from './odoo.ts'

const OPERATIONS = ['read', 'create', 'write'] as const

export async function suppliers({ client, config }: Odoo): Promise<Finding[]> {
  if (!config.suppliers) return []
  const missing: string[] = []
  for (const operation of OPERATIONS) {
    const may = await client.call('product.supplierinfo', 'has_access', { ids: [], args: [operation] })
    if (may !== true) missing.push(operation)
  }
  const findings: Finding[] = []
  if (missing.length > 0) {
    const message = `The integration user may not ${missing.join(', ')} product.supplierinfo.`
    const cure = 'Give it the group product.group_product_manager (Products: Create and edit).'
    findings.push({ level: 'error', about: 'suppliers', message, cure })
  }
  if (!(await hasPurchase(client))) {
    const message = 'The purchase app is not installed: vendor prices are kept, and nothing is bought by them.'
    findings.push({ level: 'warning', about: 'suppliers', message, cure: 'Install purchase where Odoo orders goods.' })
  }
  const message = 'Vendor prices can be written, and purchase is there.'
  return findings.length > 0 ? findings : [{ level: 'ok', about: 'suppliers', message }]
}

/** A user who may not read purchases is told so; that there are none is another answer. */
async function hasPurchase(client: Odoo['client']): Promise<boolean> {
  try {
    await client.call('purchase.order', 'search_count', { args: [[]] })
    return true
  } catch (error) {
    if (!(error instanceof Fault) || !['odoo.model_unknown', 'odoo.access_error'].includes(error.code)) throw error
    return error.code === 'odoo.access_error'
  }
}
