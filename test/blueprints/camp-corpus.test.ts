import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type CorpusVerdict,
  corpusFiles,
  corpusIsThere,
  corpusPage,
  corpusVerdicts,
} from '../support/camp-corpus.js'
import { type Misspelt, misspeltCorpus } from '../support/corpus-misspellings.js'

const page = resolve(import.meta.dirname, '../../docs/camp-corpus.md')
const title = corpusIsThere
  ? 'the corpus of Brooklyn blueprints'
  : 'the corpus of Brooklyn blueprints (skipped: no corpus beside the checkout)'

describe.skipIf(!corpusIsThere)(title, () => {
  it('has the files that its description counts', () => {
    expect(corpusFiles()).toHaveLength(110)
  })

  let verdicts: readonly CorpusVerdict[] = []
  let misspelt: readonly Misspelt[] = []
  let reported = 0
  let suggested = 0

  beforeAll(() => {
    verdicts = corpusVerdicts()
    misspelt = misspeltCorpus(verdicts)
    reported = misspelt.filter((one) => one.reported).length / misspelt.length
    suggested = misspelt.filter((one) => one.suggested).length / misspelt.length
  }, 300_000)

  it('becomes what docs/camp-corpus.md says, file by file', () => {
    const found = corpusPage(verdicts, { keys: misspelt.length, reported, suggested })
    if (process.env['WEIR_WRITE_CORPUS'] !== undefined) writeFileSync(page, found)
    expect(readFileSync(page, 'utf8')).toBe(found)
  })

  it('has most of its keys reported where they are misspelt, at their line', () => {
    expect(misspelt.length).toBeGreaterThan(1_000)
    expect(reported).toBeGreaterThanOrEqual(0.95)
  })

  it('is told which key was meant where one is misspelt', () => {
    expect(suggested).toBeGreaterThanOrEqual(0.8)
  })
})
