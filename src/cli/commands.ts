/** Every command of the hub: for its overview, its reference page, and the check of what documents show. */
import { at } from './at.ts'
import { backfill } from './backfill.ts'
import { backup } from './backup.ts'
import { catalogue } from './catalogue.ts'
import type { Command } from './command.ts'
import { crash } from './crash.ts'
import { customers } from './customers.ts'
import { dead } from './dead.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { holds } from './holds.ts'
import { parcels } from './parcels.ts'
import { labels } from './labels.ts'
import { map } from './map.ts'
import { match } from './match.ts'
import { migrateCommand } from './migrate.ts'
import { reconcileCommand } from './reconcile.ts'
import { replay } from './replay.ts'
import { restore } from './restore.ts'
import { retentionCommand } from './retention.ts'
import { schedule } from './schedule.ts'
import { serve } from './serve.ts'
import { shadow } from './shadow.ts'
import { sim } from './sim.ts'
import { stock } from './stock.ts'
import { storm } from './storm.ts'
import { refund } from './refund.ts'
import { returnCommand } from './return.ts'
import { stores } from './stores.ts'

export const COMMANDS: readonly Command[] = [
  serve, demo, doctor,
  dead, holds, parcels, labels, reconcileCommand, replay, at, schedule, backfill, shadow, stock, stores,
  returnCommand, refund,
  customers, catalogue, match, map,
  migrateCommand, backup, restore, retentionCommand,
  sim, storm, crash,
] // prettier-ignore
