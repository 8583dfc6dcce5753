/** The files of the console, read once: no request reaches the disk, so none can leave the folder. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'

export interface Pages {
  /** @returns null when there is no such page. */
  serve(request: Request): Response | null
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

const COMPRESSED = /^(text\/|application\/(json|manifest)|image\/svg)/

interface Page {
  plain: Buffer
  gzip: Buffer | null
  type: string
  etag: string
  cache: string
}

/** A name with a digest in it stands for its content for good. */
const HASHED = /[-.][\w-]{8,}\.\w+$/

/** Throws when the folder has no index.html. */
export function openPages(folder: string): Pages {
  const pages = new Map<string, Page>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).split(sep).join('/')}`
    pages.set(path, readPage(file, path))
  }
  const index = pages.get('/index.html')
  if (!index) throw new Error(`The console at ${folder} has no index.html. Build it, or start without it.`)
  return {
    serve(request) {
      const { pathname } = new URL(request.url)
      const page = pages.get(pathname === '/' ? '/index.html' : decoded(pathname))
      if (page) return answer(page, request)
      // Addresses inside the console are its own business.
      return extname(pathname) === '' ? answer(index, request) : null
    },
  }
}

function readPage(file: string, path: string): Page {
  const plain = readFileSync(file)
  const type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream'
  const gzip = COMPRESSED.test(type) && plain.length > 1_024 ? gzipSync(plain) : null
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  const lasting = path.startsWith('/assets/') && HASHED.test(path)
  return { plain, gzip, type, etag, cache: lasting ? 'public, max-age=31536000, immutable' : 'no-cache' }
}

function answer({ plain, gzip, type, etag, cache }: Page, request: Request): Response {
  const headers = new Headers({ 'content-type': type, 'cache-control': cache, etag, 'vary': 'accept-encoding' })
  if (request.headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers })
  const small = gzip && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  if (small) headers.set('content-encoding', 'gzip')
  return new Response(new Uint8Array(small ? gzip : plain), { headers })
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
