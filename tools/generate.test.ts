/** Generated files are compared with what the code would write, and the difference is pointed at. */
import { expect, it } from 'vitest'
import { drift } from './generate.ts'
import { GENERATED } from './generate/registry.ts'

const one = [{ path: 'a.md', content: () => 'first\nsecond\n' }]
const lines = async (present: string | null) => (await drift(one, () => present)).map(({ line }) => line)

it('finds nothing when a file is as it should be', async () => {
  expect(await lines('first\nsecond\n')).toEqual([])
})

it('names the first line that differs, or that the file is missing', async () => {
  expect(await lines('first\nsecnd\n')).toEqual([2])
  expect(await lines('first\n')).toEqual([2])
  expect(await lines('first\nsecond\nthird\n')).toEqual([3])
  expect(await lines(null)).toEqual([null])
})

it('keeps owner, personal data and retention in the published schemas', async () => {
  const order = GENERATED.find(({ path }) => path.endsWith('schemas/order.json'))!
  const schema = JSON.parse(await order.content())
  expect(schema.properties.customer.anyOf[0].properties.email['x-crossdock']).toEqual({
    owner: 'channel',
    retention: 'books',
    pii: 'email',
  })
})

it('gives the same text twice', async () => {
  for (const { content } of GENERATED) expect(await content()).toBe(await content())
})
