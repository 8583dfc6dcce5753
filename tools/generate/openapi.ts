/** docs/reference/openapi.json: the API as the hub itself publishes it at /api/openapi.json. */
import { openApi } from '../../src/api/openapi.ts'
import { read } from '../tree.ts'

export const openApiDocument = (): string => {
  const { version } = JSON.parse(read('package.json')) as { version: string }
  return `${JSON.stringify(openApi(version), null, 2)}\n`
}
