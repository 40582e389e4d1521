import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROBLEM_TITLES } from '../../blueprints/index.js'
import { compileText } from './support/documents.js'

/** Other projects' blueprints, kept beside the checkout where there are any. */
const corpus = resolve(import.meta.dirname, '../../../shared/corpus/camp')
const isThere = existsSync(corpus)
const files = isThere
  ? readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(yaml|bom|yml)$/.test(name),
    )
  : []
const title = isThere
  ? 'blueprints of other projects'
  : 'blueprints of other projects (skipped: no corpus beside the checkout)'

describe.skipIf(!isThere)(title, () => {
  it.each(files)('are read or refused with known codes, never thrown at: %s', (name) => {
    const result = compileText(readFileSync(join(corpus, name), 'utf8'), { locations: undefined } as never)
    const codes = result.kind === 'missing' ? [] : result.problems.map((one) => one.code)
    expect(codes.filter((code) => !Object.hasOwn(PROBLEM_TITLES, code))).toEqual([])
  })
})
