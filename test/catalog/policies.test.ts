import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { problemsOfPolicy, testsOf } from '../support/policy-trials.js'

const folder = resolve(import.meta.dirname, '../../catalog/items/policies')
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8')

describe('a policy of the catalog', () => {
  it.each(files)('%s is right, and named as its file', (file) => {
    expect(problemsOfPolicy(textOf(file))).toEqual([])
    expect(textOf(file)).toMatch(new RegExp(`^policy: ${file.replace('.policy.yaml', '')}$`, 'm'))
  })

  it.each(files)('%s has tests, which pass', (file) => {
    const outcomes = testsOf(textOf(file))
    expect(outcomes.length).toBeGreaterThan(1)
    expect(outcomes.filter(({ passed }) => !passed)).toEqual([])
  })
})
