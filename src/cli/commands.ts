/**
 * Every command of the hub: for its overview, its reference page, and the check of what documents show. Its module is
 * loaded when it is wanted, so that a command costs what it needs and not what all others need.
 */
import type { Command } from './command.ts'

export interface CommandEntry {
  name: string
  /** After the command's name, in the overview and in its help. */
  summary: string
  load(): Promise<Command>
}

const entry = (name: string, summary: string, load: () => Promise<Command>): CommandEntry => ({ name, summary, load })

export const COMMANDS: readonly CommandEntry[] = [
  entry('serve', 'run the hub', async () => (await import('./serve.ts')).serve),
  entry(
    'demo',
    'run the hub in the middle of a simulated retailer, and open for business',
    async () => (await import('./demo.ts')).demo,
  ),
  entry(
    'doctor',
    'check connections, permissions, clocks, webhooks and versions, and say what to do',
    async () => (await import('./doctor.ts')).doctor,
  ),
  entry('dead', 'see and mend what failed for good', async () => (await import('./dead.ts')).dead),
  entry(
    'order',
    'see one order, and cancel, hold, move, split or resend it as it was shown first',
    async () => (await import('./order.ts')).order,
  ),
  entry('holds', 'see orders that are held, and decide about them', async () => (await import('./holds.ts')).holds),
  entry(
    'parcels',
    'see parcels that need somebody, and settle what became of them',
    async () => (await import('./parcels.ts')).parcels,
  ),
  entry(
    'payouts',
    'see what providers paid out, what it is made of, and what does not agree',
    async () => (await import('./payouts.ts')).payouts,
  ),
  entry(
    'suppliers',
    "see suppliers' lists that wait for a person, and let them through or put them away",
    async () => (await import('./suppliers.ts')).suppliers,
  ),
  entry(
    'offers',
    'see what suppliers offer that needs somebody: unknown articles, prices that moved too far',
    async () => (await import('./offers.ts')).offers,
  ),
  entry(
    'labels',
    'see the shipping labels the hub buys, and try again where one failed',
    async () => (await import('./labels.ts')).labels,
  ),
  entry(
    'reconcile',
    'compare systems record by record, and say what differs and what to do',
    async () => (await import('./reconcile.ts')).reconcileCommand,
  ),
  entry(
    'replay',
    'decide again what was decided before, and show or do what would be different',
    async () => (await import('./replay.ts')).replay,
  ),
  entry('at', 'show a stream as it stood at a version or a moment', async () => (await import('./at.ts')).at),
  entry(
    'schedule',
    'show what runs when next, what ran, and where the calendar stands',
    async () => (await import('./schedule.ts')).schedule,
  ),
  entry(
    'backfill',
    'read a feed again from a moment, and say what was missed',
    async () => (await import('./backfill.ts')).backfill,
  ),
  entry(
    'shadow',
    'compare what the hub would do with what another integration does',
    async () => (await import('./shadow.ts')).shadow,
  ),
  entry(
    'stock',
    'show stock per SKU: what is there, what each channel shows, and why',
    async () => (await import('./stock.ts')).stock,
  ),
  entry(
    'kits',
    'hold the kits of the policy against what the ERP takes apart, and print its own for the policy',
    async () => (await import('./kits.ts')).kits,
  ),
  entry(
    'stores',
    'show the tills of all stores: last upload, gaps, since when one is silent',
    async () => (await import('./stores.ts')).stores,
  ),
  entry(
    'return',
    'let goods come back, say what came, and see what is open',
    async () => (await import('./return.ts')).returnCommand,
  ),
  entry(
    'refund',
    'give money back, see what it would do in every system, and what waits for whom',
    async () => (await import('./refund.ts')).refund,
  ),
  entry(
    'customers',
    'see who is one person over several channels, and decide it',
    async () => (await import('./customers.ts')).customers,
  ),
  entry(
    'catalogue',
    'see what channels show of products against what they should, and have it made so',
    async () => (await import('./catalogue.ts')).catalogue,
  ),
  entry('match', "review what a channel's unknown SKUs probably are", async () => (await import('./match.ts')).match),
  entry('map', 'try a changed mapping table on what is recorded', async () => (await import('./map.ts')).map),
  entry('migrate', 'bring the database up to this release', async () => (await import('./migrate.ts')).migrateCommand),
  entry(
    'backup',
    'copy the database into one file, while the hub runs or stands still',
    async () => (await import('./backup.ts')).backup,
  ),
  entry(
    'restore',
    'put a backup in the place of the database; the hub must be stopped',
    async () => (await import('./restore.ts')).restore,
  ),
  entry(
    'retention',
    'show what is remembered and until when; move and drop what is due',
    async () => (await import('./retention.ts')).retentionCommand,
  ),
  entry('sim', 'live through seeded days with faults, and audit them', async () => (await import('./sim.ts')).sim),
  entry(
    'storm',
    'let 1,000 buyers run for the last pieces on Shopify, Square, WooCommerce, Amazon and Mirakl: the real hub on its database, the vendors and the clock simulated, everything in one process',
    async () => (await import('./storm.ts')).storm,
  ),
  entry(
    'crash',
    'kill a hub at every place it can die, and audit what is left',
    async () => (await import('./crash.ts')).crash,
  ),
]
