/** Every command of the hub: for its overview, its reference page, and the check of what documents show. */
import type { Command } from './command.ts'
import { crash } from './crash.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { migrateCommand } from './migrate.ts'
import { serve } from './serve.ts'
import { sim } from './sim.ts'

export const COMMANDS: readonly Command[] = [serve, demo, doctor, sim, crash, migrateCommand]
