import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROBLEM_TITLES, type ProblemCode } from '../../blueprints/index.js'
import { compileText, problemsOf } from '../blueprints/support/documents.js'
import { problemsOfPolicy } from '../support/policy-trials.js'
import { shapeOptions } from '../support/shapes.js'

const folder = resolve(import.meta.dirname, '../../docs/errors')
const codes = Object.keys(PROBLEM_TITLES) as readonly ProblemCode[]
const pages = readdirSync(folder).filter((name) => /^BP\d+\.md$/.test(name))
const textOf = (code: string): string => readFileSync(resolve(folder, `${code}.md`), 'utf8')
const exampleOf = (code: string): string | undefined =>
  /## Example\n\n```yaml\n([\s\S]*?)```/.exec(textOf(code))?.[1]

/** Codes whose example would be too large, or needs more than a document. */
const WITHOUT_EXAMPLE = [
  'BP1001',
  'BP1003',
  'BP1211',
  'BP1612',
  'BP1703',
  ...[0, 1, 2, 3, 4, 5, 6].map((n) => `BP122${n}`),
]

/** Codes that only what is deployed gives. */
const OF_DEPLOYED = ['BP1212']

const shapes = shapeOptions()

describe('a code of a problem', () => {
  it.each(codes)('%s has a page with its title, what it means and a way out', (code) => {
    expect(existsSync(resolve(folder, `${code}.md`))).toBe(true)
    const text = textOf(code)
    expect(text.split('\n')[0]).toBe(`# ${code}: ${PROBLEM_TITLES[code]}`)
    expect(text).toContain('\n## Way out\n')
  })

  it.each(codes.filter((code) => !WITHOUT_EXAMPLE.includes(code)))(
    '%s is what the example on its page gives',
    (code) => {
      const text = exampleOf(code) ?? ''
      const options = { ...shapes, deploying: OF_DEPLOYED.includes(code) }
      const problems = text.startsWith('policy:') ? problemsOfPolicy(text) : problemsOf(text, options)
      const found = problems.map((one) => one.code)
      expect(found).toEqual([code])
    },
  )

  it('is on every page that there is', () => {
    expect(pages.map((name) => name.replace('.md', '')).sort()).toEqual([...codes].sort())
  })

  it('of a warning lets the document pass', () => {
    expect(compileText(exampleOf('BP1013') ?? '').kind).toBe('compiled')
  })
})
