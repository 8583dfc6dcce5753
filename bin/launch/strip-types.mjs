/**
 * Node runs TypeScript directly, but not below node_modules: where the hub is an installed package, this strips its
 * types.
 */
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

const ours = new URL('../../src/', import.meta.url).href

// The function is marked experimental for what it may accept in future; what it does to erasable syntax is settled.
const emitWarning = process.emitWarning
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith('stripTypeScriptTypes')) emitWarning.call(process, warning, ...rest)
}

registerHooks({
  load(url, context, next) {
    if (!url.startsWith(ours) || !url.endsWith('.ts')) return next(url, context)
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'))
    return { format: 'module', source, shortCircuit: true }
  },
})
