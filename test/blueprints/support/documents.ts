import type { Problem, Range } from '../../../engine/index.js'
import { type CompileOptions, type CompileResult, compile } from '../../../blueprints/index.js'
import { stockKinds } from '../../../policies/index.js'

/** What the tests compile with unless they say otherwise. */
export const OPTIONS: CompileOptions = {
  locations: ['local', 'docker'],
  policyKinds: stockKinds,
  quota: 10_000,
}

/** Artifacts that the test documents name. */
export const FILES = { 'web.js': 'listen()', 'store.js': 'keep()', 'page.html': 'hello' }

export function compileText(text: string, options: CompileOptions = {}): CompileResult {
  return compile({ main: { file: 'shop.yaml', text }, files: FILES }, { ...OPTIONS, ...options })
}

/** Problems of a document; none when it compiles. */
export function problemsOf(text: string, options: CompileOptions = {}): readonly Problem[] {
  const result = compileText(text, options)
  return result.kind === 'missing' ? [] : result.problems
}

/** A document in which « and » show where a problem is expected. */
export function marked(text: string): { readonly text: string; readonly range: Range } {
  const open = text.indexOf('«')
  const close = text.indexOf('»') - 1
  const plain = text.replace('«', '').replace('»', '')
  return { text: plain, range: { start: positionAt(plain, open), end: positionAt(plain, close) } }
}

function positionAt(text: string, offset: number): Range['start'] {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

/** A shop with one role, and what is put into it. */
export function role(...lines: readonly string[]): string {
  return [
    'name: Shop',
    'location: local',
    'roles:',
    '  - name: web',
    '    launch: node web.js',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n')
}

/** A shop with these services. */
export function services(...lines: readonly string[]): string {
  return ['name: Shop', 'location: local', 'services:', ...lines.map((line) => `  ${line}`), ''].join('\n')
}

/** A document with these lines at its root, and one role. */
export function root(...lines: readonly string[]): string {
  return [
    'name: Shop',
    ...lines,
    'roles:',
    '  - name: web',
    '    port: http',
    '    launch: node web.js',
    '',
  ].join('\n')
}
