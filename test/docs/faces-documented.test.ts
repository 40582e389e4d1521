import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { REFUSALS, ROUTES } from '../../server/api/index.js'
import { EXIT } from '../../server/cli/exit.js'
import type { Verb } from '../../server/cli/verb.js'
import { VERBS } from '../../server/cli/verbs.js'

const rest = readFileSync(new URL('../../docs/rest.md', import.meta.url), 'utf8')
const cli = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
const rows = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('| `'))

const usages = (verbs: readonly Verb[], lead = 'weir '): readonly string[] =>
  verbs.flatMap((verb) => [
    ...(verb.run === undefined ? [] : [`| \`${lead}${verb.usage}\` | ${verb.summary} |`]),
    ...usages(verb.verbs ?? [], `${lead}${verb.usage} `),
  ])

describe('the page about the REST API', () => {
  it('has every request with its parameters, its permission and what it does, and no other', () => {
    const told = ROUTES.map(({ method, path, query, permission, summary }) => {
      const names = Object.keys(query)
      const parameters = names.length === 0 ? '' : `?${names.join('&')}`
      return `| \`${method} ${path}${parameters}\` | ${permission} | ${summary} |`
    })
    expect(rows(rest).filter((line) => /^\| `[A-Z]+ \//.test(line))).toEqual(told)
  })

  it('has every refusal, and no other', () => {
    const told = Object.entries(REFUSALS).map(
      ([code, { status, title, remedy }]) => `| \`${code}\` | ${status} | ${title} | ${remedy} |`,
    )
    expect(rows(rest).filter((line) => /^\| `[a-z-]+` \|/.test(line))).toEqual(told)
  })
})

describe('the page about the command line', () => {
  it('has every verb with its options, and no other', () => {
    const told = [
      ...usages(VERBS),
      '| `weir completion <shell>` | print a completion script for bash, zsh or fish |',
    ]
    const found = rows(cli)
    expect(found.map((line, at) => line.startsWith(told[at] ?? '?'))).toEqual(told.map(() => true))
    for (const [flags] of VERBS.flatMap((verb) => verb.options ?? []))
      expect(cli).toContain(flags.replace('...', ''))
  })

  it.each(Object.entries(EXIT))('has the exit code of %s, which is %i', (_name, code) => {
    expect(cli).toContain(`| ${code} |`)
  })
})
