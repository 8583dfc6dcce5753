/** One action on many dead letters: bounded, one by one, so that one that is refused stops no other. */
import { countLetters, type LetterFilter, numbersOf } from '#store/dead-letters.ts'
import { type Acted, assignTo, type By, resolveBy, type RetryMode, retryLetter } from './dead-actions.ts'
import { denied, type Denial, type DenialCode, isDenial } from './dead-denials.ts'
import { deadLetterPolicy } from './death.ts'
import type { Engine } from './engine.ts'

export type BulkAction =
  | { action: 'retry'; mode: RetryMode }
  | { action: 'assign'; assignee: string | null }
  | { action: 'resolve'; reason: string }

export interface BulkReport {
  found: number
  changed: number
  /** Done before. */
  unchanged: number
  refused: { code: DenialCode; count: number; first: number }[]
}

const AT_ONCE = 100

/** @param onProgress told after each letter. @returns `too_many` before anything is changed when too many fit. */
export async function actOnMany(
  engine: Engine,
  filter: LetterFilter,
  action: BulkAction & By,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<BulkReport | Denial> {
  const { bulkMax } = deadLetterPolicy(engine)
  const found = await countLetters(engine.database, filter)
  if (found > bulkMax)
    return { ...denied('too_many'), reason: `${found} dead letters fit, and ${bulkMax} are allowed.` }
  const report: BulkReport = { found: 0, changed: 0, unchanged: 0, refused: [] }
  for (let after = 0; report.found < bulkMax;) {
    const numbers = await numbersOf(engine.database, filter, {
      after,
      limit: Math.min(AT_ONCE, bulkMax - report.found),
    })
    for (const id of numbers) {
      take(report, id, await actOn(engine, id, action))
      onProgress(report.found, Math.max(found, report.found))
      after = id
    }
    if (numbers.length === 0) break
  }
  return report
}

function actOn(engine: Engine, id: number, action: BulkAction & By): Promise<Acted | Denial> {
  if (action.action === 'retry') return retryLetter(engine, id, action)
  return action.action === 'assign' ? assignTo(engine, id, action) : resolveBy(engine, id, action)
}

function take(report: BulkReport, id: number, result: Acted | Denial): void {
  report.found += 1
  if (!isDenial(result)) {
    if (result.changed) report.changed += 1
    else report.unchanged += 1
    return
  }
  const known = report.refused.find(({ code }) => code === result.code)
  if (known) known.count += 1
  else report.refused.push({ code: result.code, count: 1, first: id })
}
