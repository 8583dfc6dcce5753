/** Odoo: the ERP. Sales, customers and invoices go out to it; products, stock and deliveries are read from it. */
import type { Connector } from '../kit/connector.ts'
import { readBills } from './bills.ts'
import { readers } from './census.ts'
import { check } from './check.ts'
import { openClient } from './client.ts'
import { type OdooConfig, odooConfig } from './config.ts'
import { openDirectory } from './directory.ts'
import { feeds } from './feeds.ts'
import { translate } from './inbound.ts'
import { outbound } from './outbound.ts'

export const odoo: Connector<OdooConfig> = {
  name: 'odoo',
  // Each version is supported for three years; this is when Odoo 18 leaves. JSON-RPC is on its way out after 19.
  api: { version: '18 (JSON-RPC), 19 (JSON-2)', endOfLife: '2027-10-01' },
  scopes: {
    'sales_team.group_sale_salesman_all_leads': 'to create, confirm, lock and cancel sales, whoever owns them',
    'stock.group_stock_user': 'to read stock, deliveries and what kits are made of, and to cancel open deliveries',
    'account.group_account_invoice': 'to draw up and post invoices',
    'point_of_sale.group_pos_user': 'to post receipts and close sessions, where tills are connected',
    'product.group_product_manager': "to write suppliers' prices, where their lists are read",
    'base.group_partner_manager': 'to create customers and their addresses',
  },
  config: odooConfig,
  open(config, { io }) {
    const client = openClient(config, io)
    const parts = { client, config, io, directory: openDirectory(client, config, io) }
    return {
      translate,
      outbound: outbound(parts),
      concurrency: config.concurrency,
      adaptive: true,
      feeds: feeds(parts),
      readers: readers(parts),
      bills: () => readBills(parts),
      upkeep: {},
      check: () => check(parts),
    }
  },
}
