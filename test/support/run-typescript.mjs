// Lets Node run the house's TypeScript as it stands, for tests that need a process of their own to kill:
// `node --import ./test/support/run-typescript.mjs some/file.ts`. Types are erased, not checked; what came out is kept
// by content under node_modules/.cache, so that only the first process pays for the compiler.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

const cache = new URL('../../node_modules/.cache/weir/run-typescript/', import.meta.url)

/** Local imports end in .js; where there is only a .ts, that is meant. */
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context)
  } catch (thrown) {
    if (!specifier.startsWith('.') || !specifier.endsWith('.js')) throw thrown
    return next(`${specifier.slice(0, -'.js'.length)}.ts`, context)
  }
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const text = await readFile(fileURLToPath(url), 'utf8')
  const digest = createHash('sha256').update(`1 ${url}\0${text}`).digest('hex')
  const kept = new URL(`${digest}.js`, cache)
  const source = await readFile(kept, 'utf8').catch(() => transpile(url, text, kept))
  return { format: 'module', source, shortCircuit: true }
}

async function transpile(url, text, kept) {
  const { default: typescript } = await import('typescript')
  const compilerOptions = {
    module: typescript.ModuleKind.ESNext,
    target: typescript.ScriptTarget.ES2023,
    verbatimModuleSyntax: true,
    inlineSourceMap: true,
  }
  const { outputText } = typescript.transpileModule(text, { compilerOptions, fileName: fileURLToPath(url) })
  await mkdir(cache, { recursive: true })
  // Whole or not at all: the next process may be looking, and this one may be about to be killed.
  const draft = new URL(`${kept.href}.${process.pid}`)
  await writeFile(draft, outputText)
  await rename(draft, kept)
  return outputText
}
