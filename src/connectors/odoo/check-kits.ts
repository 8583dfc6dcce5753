/** What `doctor` finds out about kits: whether Odoo's can be read, and which of them the hub cannot have. */
import type { Finding } from '../kit/connector.ts'
import { readBills } from './bills.ts'
import type { Odoo } from './odoo.ts'

export async function kits(odoo: Odoo): Promise<Finding[]> {
  const about = 'kits'
  const bills = await readBills(odoo)
  if (!bills) return [{ level: 'ok', about, message: 'No manufacturing there: nothing is taken apart in the sale.' }]
  const unfit = bills.filter(({ problems }) => problems.length > 0)
  if (unfit.length === 0)
    return [{ level: 'ok', about, message: `${bills.length} kits, all of whole pieces with a SKU.` }]
  const message = `${unfit.length} of ${bills.length} kits cannot be set aside as they are: ${unfit[0]!.problems[0]!}`
  return [{ level: 'warning', about, message, cure: 'Run crossdock kits: it names each. Mend those that are sold.' }]
}
