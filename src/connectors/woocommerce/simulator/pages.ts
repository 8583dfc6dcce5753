/** Lists as WordPress gives them: page by number, counted in headers, and a Link that repeats the whole query. */
import { type Failure, invalid } from './failure.ts'

export interface Listing {
  body: unknown[]
  headers: Record<string, string>
}

/** `id`, `date` and `modified` are what the hub asks for; everything else the vendor sorts by is refused here. */
const SORTS = ['date', 'id', 'modified'] as const

interface Dated {
  id: number
  createdMs: number
  modifiedMs: number
}

export function listed<T extends Dated>(
  all: readonly T[],
  { url, offsetMinutes = 60 }: { url: URL; offsetMinutes?: number | undefined },
  bodyOf: (item: T) => unknown,
): Listing | Failure {
  const { searchParams: query } = url
  const page = whole(query.get('page'), 1)
  const perPage = whole(query.get('per_page'), 10)
  if (page === null || page < 1) return invalid('page', 'page must be greater than or equal to 1')
  if (perPage === null || perPage < 1 || perPage > 100)
    return invalid('per_page', 'per_page must be between 1 (inclusive) and 100 (inclusive)')
  const sort = query.get('orderby') ?? 'date'
  if (!(SORTS as readonly string[]).includes(sort))
    return invalid('orderby', `orderby is not one of ${SORTS.join(', ')}.`)
  const found = all.filter((item) => isWithin(item, query, offsetMinutes)).sort(sortedBy(sort))
  if ((query.get('order') ?? 'desc') === 'desc') found.reverse()
  const start = query.has('offset') ? (whole(query.get('offset'), 0) ?? 0) : (page - 1) * perPage
  const pages = Math.ceil(found.length / perPage)
  const next = new URL(url)
  next.searchParams.set('page', String(page + 1))
  return {
    body: found.slice(start, start + perPage).map(bodyOf),
    headers: {
      'x-wp-total': String(found.length),
      'x-wp-totalpages': String(pages),
      ...(page < pages ? { link: `<${next.href}>; rel="next"` } : {}),
    },
  }
}

const sortedBy =
  (sort: string) =>
  (a: Dated, b: Dated): number => {
    const of = ({ id, createdMs, modifiedMs }: Dated) => (sort === 'id' ? id : sort === 'date' ? createdMs : modifiedMs)
    return of(a) - of(b) || a.id - b.id
  }

/** Moments are the shop's own time unless `dates_are_gmt`; the bounds themselves are left out. */
function isWithin({ id, createdMs, modifiedMs }: Dated, query: URLSearchParams, offsetMinutes: number): boolean {
  const gmt = query.get('dates_are_gmt') === 'true'
  const at = (name: string) => {
    const text = query.get(name)
    return text === null ? null : Date.parse(`${text.replace(/Z$/, '')}Z`) - (gmt ? 0 : offsetMinutes * 60_000)
  }
  const [after, before, changed, changedBefore] = [
    at('after'),
    at('before'),
    at('modified_after'),
    at('modified_before'),
  ]
  const include = query.get('include')
  if (include !== null && !include.split(',').map(Number).includes(id)) return false
  if (after !== null && createdMs <= after) return false
  if (before !== null && createdMs >= before) return false
  if (changed !== null && modifiedMs <= changed) return false
  return changedBefore === null || modifiedMs < changedBefore
}

const whole = (text: string | null, otherwise: number): number | null =>
  text === null ? otherwise : /^-?\d+$/.test(text) ? Number(text) : null
