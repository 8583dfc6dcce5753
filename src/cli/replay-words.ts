/** What a dry run found, in lines for a person at a terminal. */
import type { DryRun } from '#engine/replay/dry-run.ts'
import type { Preview } from '#engine/replay/preview.ts'
import { describeSelection, type Selection } from '#engine/replay/selection.ts'
import type { UndoPreview } from '#engine/replay/undo.ts'
import { differenceWords } from '#insight/replay.ts'

export function dryRunWords(selection: Selection, found: DryRun): string[] {
  const { counts, answers, dead } = found
  const lines = [
    `Decided again, as it was then: ${describeSelection(selection)}; ${found.rows} messages, policy ${found.policy}. Nothing was sent or written.`,
  ]
  if (found.rows === 0) return [...lines, 'Nothing in there has been decided yet.']
  if (found.streams === 0) lines.push(`Nothing would be different: ${found.events.recorded} events, the same again.`)
  else {
    lines.push(`${found.streams} streams would be different:`)
    for (const verdict of ['different', 'missing', 'additional'] as const) {
      const { event, intent, note } = counts[verdict]
      if (event + intent + note > 0) lines.push(`  ${verdict}: ${event} events, ${intent} calls, ${note} notes`)
    }
    for (const finding of found.findings) lines.push(`  ${differenceWords(finding)}`)
    if (found.more > 0) lines.push(`  … and ${found.more} more; --limit lists them.`)
  }
  if (answers.unfit > 0) {
    lines.push(`${answers.unfit} recorded answers were to calls that would not have been made like this; nobody heard them:`)
    for (const { stream, type, inbox } of answers.first.slice(0, 5)) lines.push(`  ${stream}: ${type}, message ${inbox}`)
    lines.push('  What their streams would have done next is not known.')
  }
  if (dead.count > 0) {
    lines.push(`${dead.count} messages cannot be decided:`)
    for (const { inbox, reason } of dead.first.slice(0, 5)) lines.push(`  message ${inbox}: ${reason}`)
  }
  if (found.policiesUnknown.length > 0)
    lines.push(`Policies that were not kept, replaced by today's: ${found.policiesUnknown.join(', ')}.`)
  return lines
} // prettier-ignore

export function previewWords(shown: Preview): string[] {
  const lines = ['', `Handed to the hub again now, the ${shown.rows} deliveries would:`]
  return [...lines, ...doings(shown), `  --confirm ${shown.token} does exactly this.`]
}

export function undoWords(shown: UndoPreview): string[] {
  const { caused, commands, byHand } = shown
  const lines = [`It brought about ${caused.events} events and ${caused.intents} calls. Undoing it would say:`]
  for (const [type, count] of Object.entries(commands)) lines.push(`  ${count} × ${type}`)
  lines.push('and with that:', ...doings(shown))
  if (byHand.count > 0) lines.push(`${byHand.count} things only a person can undo:`)
  for (const { stream, type, connection, cure } of byHand.first)
    lines.push(`  ${stream}: ${type} at ${connection}. ${cure}`)
  return [...lines, `--confirm ${shown.token} does exactly this, once.`]
}

function doings({ streams, events, intents, irreversible, refused }: Preview): string[] {
  const lines: string[] = []
  if (streams === 0) lines.push('  change nothing: all of it is done already.')
  else lines.push(`  change ${streams} streams: ${Object.entries(events).map(([type, n]) => `${n} ${type}`).join(', ')}`) // prettier-ignore
  for (const { type, connection, count, irreversible: final } of intents)
    lines.push(`  call ${connection} ${count} × ${type}${final ? ' (cannot be taken back)' : ''}`)
  if (irreversible > 0) lines.push(`  ${irreversible} of these steps cannot be taken back.`)
  if (intents.length > 0) lines.push('  What follows from the answers to these calls is not known yet.')
  if (refused.count > 0) lines.push(`  be refused ${refused.count} times, e.g. ${refused.first[0]!.reason}`)
  return lines
}
