/** Reads connections to their end, one page after the other. */

export interface Page<T> {
  nodes: T[]
  pageInfo: { hasNextPage: boolean; endCursor?: string | null | undefined }
}

/** The nodes of all pages. A page that is null (what was read vanished meanwhile) ends it. */
export async function allNodes<T>(read: (after: string | null) => Promise<Page<T> | null | undefined>): Promise<T[]> {
  const nodes: T[] = []
  let after: string | null = null
  for (;;) {
    const page: Page<T> | null | undefined = await read(after)
    if (!page) return nodes
    nodes.push(...page.nodes)
    after = page.pageInfo.endCursor ?? null
    if (!page.pageInfo.hasNextPage || after === null) return nodes
  }
}

/** The same connection with the nodes of all pages, when the first one was read already. */
export async function readOn<T>(
  first: Page<T>,
  more: (after: string) => Promise<Page<T> | null | undefined>,
): Promise<Page<T>> {
  const nodes = await allNodes((after) => (after === null ? Promise.resolve(first) : more(after)))
  return { nodes, pageInfo: { hasNextPage: false, endCursor: null } }
}
