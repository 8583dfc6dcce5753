/** The lines of a document as they come in: however long it is, no more than a piece of it is in memory. */
import { Fault } from '../../fault.ts'

/** A longer line is handed on in pieces: no report has one. */
const LINE_MAX = 1_000_000

/** In the charset that its header names. Throws `unavailable` when it breaks off or cannot be unpacked. */
export async function* linesOf(response: Response, gzip: boolean): AsyncGenerator<string> {
  const decoder = decoderOf(response.headers.get('content-type') ?? '')
  let rest = ''
  for await (const bytes of piecesOf(response, gzip)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.replace(/\r$/, '')
    if (rest.length <= LINE_MAX) continue
    yield rest
    rest = ''
  }
  rest += decoder.decode()
  if (rest !== '') yield rest.replace(/\r$/, '')
}

async function* piecesOf({ body }: Response, gzip: boolean): AsyncGenerator<Uint8Array> {
  if (!body) return
  const stream = gzip ? body.pipeThrough(new DecompressionStream('gzip')) : body
  try {
    for await (const bytes of stream) yield bytes
  } catch {
    throw new Fault('unavailable', 'A document of Amazon broke off, or could not be unpacked.', {
      code: 'amazon.no_answer',
    })
  }
}

function decoderOf(contentType: string): InstanceType<typeof TextDecoder> {
  const charset = /charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset)
  } catch {
    throw new Fault('unavailable', `A document of Amazon is written in '${charset}', which cannot be read here.`, {
      code: 'amazon.unexpected_answer',
    })
  }
}
