import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { ESLint } from 'eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { accomplices, badFiles, goodFiles, shippedPackages } from './planted-imports.js'
import { innocentCode, lintViolations } from './planted-code.js'

const root = resolve(import.meta.dirname, '../..')
const config = join(root, '.dependency-cruiser.js')
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const rooms = ['engine', 'blueprints', 'policies', 'locations', 'server', 'catalog', 'test']

interface Violation {
  readonly rule: { readonly name: string }
  readonly from: string
}

/** Writes a tree of files with stubs for its packages, and gives its folder. */
async function plant(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-laws-'))
  const stub = (name: string): [string, string][] => [
    [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
    [`node_modules/${name}/index.js`, 'exports.x = 1\n'],
    [`node_modules/${name}/index.d.ts`, 'export declare const x: number\nexport type X = number\n'],
  ]
  const dependencies = Object.fromEntries(shippedPackages.map((name) => [name, '1.0.0']))
  const all = {
    ...files,
    ...Object.fromEntries([...shippedPackages, 'vitest', 'undeclared'].flatMap(stub)),
    'package.json': JSON.stringify({ type: 'module', dependencies, devDependencies: { vitest: '1.0.0' } }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'nodenext', target: 'es2023' } }),
  }
  await Promise.all(
    Object.entries(all).map(async ([path, source]) => {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), source)
    }),
  )
  return folder
}

/** Runs the dependency rules over a planted tree; the exit code tells the number of violations, so it is ignored. */
async function cruise(folder: string): Promise<readonly Violation[]> {
  const run = promisify(execFile)
  const args = [cruiser, '--config', config, '--output-type', 'json', ...rooms]
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await run(process.execPath, args, options).catch(
    (failure: unknown) => failure as { stdout: string },
  )
  const report = JSON.parse(stdout) as { summary: { violations: Violation[] } }
  return report.summary.violations
}

describe('the laws about imports', () => {
  const folders: string[] = []
  let clean: readonly Violation[] = []
  let caught = new Set<string>()
  let names: readonly string[] = []

  beforeAll(async () => {
    const { default: settings } = (await import(config)) as { default: { forbidden: { name: string }[] } }
    names = settings.forbidden.map((rule) => rule.name)
    const planted = Object.fromEntries(badFiles.map((file) => [file.path, file.source]))
    folders.push(await plant(goodFiles), await plant({ ...goodFiles, ...accomplices, ...planted }))
    clean = await cruise(folders[0]!)
    caught = new Set(
      (await cruise(folders[1]!)).map((violation) => `${violation.rule.name} ${violation.from}`),
    )
  }, 60_000)

  afterAll(async () => {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
  })

  it('leave a tree in peace that keeps them', () => {
    const wrong = clean.filter((violation) => violation.rule.name !== 'no-orphans')
    expect(wrong.map((violation) => `${violation.rule.name} ${violation.from}`)).toEqual([])
  })

  it.each(badFiles)('$law catches $path', ({ law, path }) => {
    expect([...caught].filter((line) => line.endsWith(` ${path}`))).toContain(`${law} ${path}`)
  })

  it('are each seen to bite', () => {
    const planted = new Set(badFiles.map((file) => file.law))
    expect(names.filter((name) => !planted.has(name))).toEqual([])
  })
})

describe('the laws about code', () => {
  const linter = new ESLint({
    cwd: root,
    // Planted code is no part of the project, so the rules that need its types are left to `npm run check`.
    overrideConfig: [{ languageOptions: { parserOptions: { projectService: false, project: null } } }],
    ruleFilter: ({ ruleId }) =>
      ruleId.includes('no-restricted-') || /^(no-console|max-|complexity|eqeqeq)/.test(ruleId),
  })
  const lint = async (path: string, code: string): Promise<string[]> => {
    const [result] = await linter.lintText(code, { filePath: join(root, path) })
    return (result?.messages ?? []).map((message) => `${message.ruleId ?? 'parse'}: ${message.message}`)
  }

  it.each(lintViolations)('forbid $what in $path', async ({ path, code, says }) => {
    expect(await lint(path, code)).toEqual([expect.stringContaining(says)])
  })

  it.each(innocentCode)('allow $what in $path', async ({ path, code }) => {
    expect(await lint(path, code)).toEqual([])
  })
})
