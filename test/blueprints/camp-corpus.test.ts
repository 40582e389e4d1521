import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { corpusFiles, corpusIsThere, corpusPage, corpusVerdicts } from '../support/camp-corpus.js'

const page = resolve(import.meta.dirname, '../../docs/camp-corpus.md')
const title = corpusIsThere
  ? 'the corpus of Brooklyn blueprints'
  : 'the corpus of Brooklyn blueprints (skipped: no corpus beside the checkout)'

describe.skipIf(!corpusIsThere)(title, () => {
  it('has the files that its description counts', () => {
    expect(corpusFiles()).toHaveLength(110)
  })

  it('becomes what docs/camp-corpus.md says, file by file', () => {
    const found = corpusPage(corpusVerdicts())
    if (process.env['WEIR_WRITE_CORPUS'] !== undefined) writeFileSync(page, found)
    expect(readFileSync(page, 'utf8')).toBe(found)
  }, 60_000)
})
