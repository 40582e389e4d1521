import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { faultTable } from '../contract/fault-points.js'
import { levelTable } from '../contract/location-levels.js'

const page = resolve(import.meta.dirname, '../../docs/locations.md')

describe('docs/locations.md', () => {
  it.each([
    { of: 'levels', shows: 'which level each place reaches, and what it does not claim', table: levelTable },
    {
      of: 'faults',
      shows: 'which faults are run against which place, and why the others are not',
      table: faultTable,
    },
  ])('shows $shows', async ({ of, table }) => {
    const text = readFileSync(page, 'utf8')
    const shown = new RegExp(`<!-- ${of} -->\\n([^]*)<!-- /${of} -->`).exec(text)?.[1]?.trim()
    const options = { ...(await resolveConfig(page)), parser: 'markdown' }
    expect(shown).toBe((await format(table(), options)).trim())
  })
})
