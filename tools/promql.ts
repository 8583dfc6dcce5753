/** What a query of Prometheus names: enough of the language to find metrics and labels that do not exist. */

export interface Named {
  metrics: string[]
  /** Labels that are compared, with the metric they stand at. */
  matched: { metric: string; label: string }[]
  /** Labels that are grouped by. */
  grouped: string[]
}

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'by', 'without', 'on', 'ignoring'])
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g

export function namedIn(query: string): Named {
  const plain = query.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
  const grouped = [...plain.matchAll(GROUPING)].flatMap(([, labels = '']) => labels.split(/\s*,\s*/).filter(Boolean))
  const bare = plain.replaceAll(GROUPING, ' ').replaceAll(/\[[^\]]*\]/g, ' ')
  const metrics: string[] = []
  const matched: Named['matched'] = []
  for (const [, metric = '', after = '', labels = ''] of bare.matchAll(
    /(?<![\w.:])([a-zA-Z_:][\w:]*)\s*(\(|\{([^}]*)\})?/g,
  )) {
    if (after === '(' || WORDS.has(metric)) continue
    metrics.push(metric)
    for (const [, label = ''] of labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) matched.push({ metric, label })
  }
  return { metrics, matched, grouped }
}
