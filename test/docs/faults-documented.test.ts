import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { faultTable } from '../contract/fault-points.js'

const page = resolve(import.meta.dirname, '../../docs/locations.md')

describe('docs/locations.md', () => {
  it('shows which faults are run against which place, and why the others are not', async () => {
    const text = readFileSync(page, 'utf8')
    const shown = /<!-- faults -->\n([^]*)<!-- \/faults -->/.exec(text)?.[1]?.trim()
    const options = { ...(await resolveConfig(page)), parser: 'markdown' }
    expect(shown).toBe((await format(faultTable(), options)).trim())
  })
})
