/** `crossdock shadow`: how connections in shadow compare with the integration that works today. */
import { shadowReport, type ShadowOfConnection } from '#insight/shadow.ts'
import { openQuietly } from './open.ts'
import type { Command } from './command.ts'
import { plainLog } from './log.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const shadow: Command = {
  name: 'shadow',
  options: {
    limit: { type: 'string', value: 'n', description: 'How many differences are listed.', default: '20' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock shadow', does: 'Shows what was compared, what differs, and whether the hub may take over.' },
    { command: 'crossdock shadow --json', does: 'The same for a script; the exit code is 1 until all may take over.' },
  ],
  async run(options, { out, err }) {
    const { config, io } = configured(options, plainLog(err))
    const limit = options.number('limit', { from: 0, to: 10_000, default: 20 })
    const { engine, close } = await openQuietly(config, io, 'crossdock-beside')
    try {
      const names = [...engine.connections].flatMap(([name, connection]) => (connection.shadow ? [name] : []))
      const { policy } = config
      const reports = await shadowReport(engine.database, names, { policy, nowMs: io.now(), limit })
      if (options.flag('json')) out(JSON.stringify({ connections: reports }))
      else if (names.length === 0) out('No connection is in shadow. Set shadow: true beside its connector.')
      else for (const report of reports) for (const line of wordsOf(report)) out(line)
      return reports.every(({ verdict }) => verdict === 'cut over') ? 0 : 1
    } finally {
      await close()
    }
  },
}

function wordsOf(report: ShadowOfConnection): string[] {
  const { connection, compared, same, different, missing, waiting, verdict, reasons, byField, first } = report
  const lines = [
    `${connection}: ${compared} compared, ${same} the same, ${different} different, ${missing} missing; ${waiting} wait.`,
  ]
  for (const { type, field, verdict: how, count } of byField) lines.push(`  ${type} ${field}: ${count} ${how}`)
  for (const { stream, type, field, ours, theirs, verdict: how } of first) {
    const what = field === '' ? 'was not done' : `${field} is ${how}: ours ${ours ?? '-'}, theirs ${theirs ?? '-'}`
    lines.push(`  ${stream} ${type}: ${what}`)
  }
  if (waiting > 0) lines.push('  What waits is sent once the shadow ends; see first that nobody did it meanwhile.')
  return [...lines, `  Verdict: ${verdict}.`, ...reasons.map((reason) => `  ${reason}`)]
}
