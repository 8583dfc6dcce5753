/** Runs once around a whole test run. Starting the database is left to the first test that asks for one. */
import { endOfRun } from './database.ts'

export default function setup(): () => Promise<void> {
  return endOfRun
}
