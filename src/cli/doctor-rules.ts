/** What of the configuration goes only together, and is no error by itself: said by the doctor. */
import type { Finding } from '#connectors/kit/connector.ts'
import type { Config } from '../config.ts'

/** @returns findings about rules of the policy that an option of the ERP's connection has to go with. */
export function checkRules({ erp, connections, policy }: Pick<Config, 'erp' | 'connections' | 'policy'>): Finding[] {
  const { from } = (connections[erp]?.config['customers'] ?? {}) as { from?: string }
  if (!policy.customers || policy.customers.match === 'off' || from === 'records') return []
  return [
    {
      level: 'warning',
      about: 'customers',
      message: `Records are joined by policy.customers, and partners in ${erp} are still written by each order.`,
      cure: `Set 'customers: { from: records }' at ${erp}: what was joined is one partner then.`,
    },
  ]
}
