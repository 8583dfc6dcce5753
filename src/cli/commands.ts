/** Every command of the hub: for its overview, its reference page, and the check of what documents show. */
import { at } from './at.ts'
import { backup } from './backup.ts'
import type { Command } from './command.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { migrateCommand } from './migrate.ts'
import { replay } from './replay.ts'
import { restore } from './restore.ts'
import { serve } from './serve.ts'
import { shadow } from './shadow.ts'
import { sim } from './sim.ts'

export const COMMANDS: readonly Command[] = [
  serve,
  demo,
  doctor,
  sim,
  migrateCommand,
  backup,
  restore,
  replay,
  at,
  shadow,
]
