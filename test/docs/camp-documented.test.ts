import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CAMP_RESOURCES } from '../../server/handlers/index.js'

const page = readFileSync(new URL('../../docs/camp-1.1.md', import.meta.url), 'utf8')

describe('the page about CAMP', () => {
  it('has every request with its permission, and no other', () => {
    const told = CAMP_RESOURCES.flatMap(({ path, methods }) =>
      Object.entries(methods).map(
        ([method, { permission }]) => `| \`${method} /camp/${path}\` | ${permission} |`,
      ),
    )
    expect(page.split('\n').filter((line) => /^\| `[A-Z]+ \//.test(line))).toEqual(told)
  })
})
