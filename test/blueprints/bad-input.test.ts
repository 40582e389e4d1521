import { describe, expect, it } from 'vitest'
import { Pattern, type Problem } from '../../engine/index.js'
import { compileText, problemsOf, role, root, services } from './support/documents.js'

const repeat = (text: string, times: number): string => text.repeat(times)
const bomb = (): string =>
  `name: x\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n${Array.from(
    { length: 9 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array.from({ length: 9 }, () => `*a${at}`).join(', ')}]`,
  ).join('\n')}\n`
const nested = (depth: number): string => {
  const lines = ['name: x', 'services:']
  for (let at = 0; at < depth; at += 1)
    lines.push(`${repeat('  ', at)}- type: group`, `${repeat('  ', at)}  brooklyn.children:`)
  return `${lines.join('\n')}\n`
}

/** What is sent; the document; the code of the one error. */
const CASES: readonly (readonly [name: string, text: () => string, code: string])[] = [
  ['an alias bomb', bomb, 'BP1003'],
  [
    'many aliases',
    () => `name: &n x\ndetails:\n${Array.from({ length: 150 }, (_, at) => `  k${at}: *n`).join('\n')}\n`,
    'BP1003',
  ],
  ['100,000 open brackets', () => `name: ${repeat('[', 100_000)}`, 'BP1002'],
  ['100,000 open braces', () => `name: ${repeat('{a: ', 100_000)}`, 'BP1002'],
  ['100,000 dashes', () => `name:\n  ${repeat('- ', 100_000)}x`, 'BP1002'],
  [
    '100,000 levels of indentation',
    () => Array.from({ length: 1_300 }, (_, at) => `${repeat(' ', at)}a:`).join('\n'),
    'BP1002',
  ],
  ['services in services in services', () => nested(60), 'BP1002'],
  ['20 MB of text', () => `name: ${repeat('x', 20_000_000)}`, 'BP1001'],
  ['a little more than 1 MiB of wide characters', () => `name: ${repeat('é', 600_000)}`, 'BP1001'],
  ['a key twice', () => 'name: a\nname: b\n', 'BP1005'],
  ['a tab as indentation', () => 'roles:\n\t- name: web\n', 'BP1006'],
  ['NUL', () => 'name: a\u0000b\n', 'BP1007'],
  ['NUL as an escape', () => root('owner: "a\\0b"'), 'BP1007'],
  ['an escape character in a key', () => root('details: { "a\\x1bb": c }'), 'BP1007'],
  ['a byte order mark', () => `\uFEFF${role()}`, 'BP1007'],
  ['a byte order mark in the middle', () => role('displayName: a\uFEFFb'), 'BP1007'],
  ['text that turns round', () => root('owner: a\u202Eb'), 'BP1007'],
  ['Latin-1', () => root('owner: caf\uFFFD'), 'BP1008'],
  ['half of a character', () => root('owner: "\\ud800"'), 'BP1008'],
  ['an unknown tag', () => root('owner: !!js/function "return 1"'), 'BP1010'],
  ['a python tag', () => root('owner: !!python/object:os.system x'), 'BP1010'],
  ['an anchor that refers to itself', () => root('details: &a { b: *a }'), 'BP1004'],
  ['an anchor that is not there', () => root('owner: *nobody'), 'BP1004'],
  [
    'a merge key that names no map',
    () => 'name: &n x\nroles:\n  - <<: *n\n    name: a\n    launch: x\n',
    'BP1011',
  ],
  [
    'a merge key that goes round',
    () => 'name: x\nroles:\n  - &a\n    <<: *a\n    name: a\n    launch: x\n',
    'BP1004',
  ],
  ['infinity', () => role('priority: .inf'), 'BP1012'],
  ['not a number', () => role('count: .nan'), 'BP1012'],
  ['a number beyond all numbers', () => role('cores: 1e400'), 'BP1012'],
  ['a number that cannot be exact', () => role('priority: 9007199254740993'), 'BP1012'],
  ['a key that is a list', () => `${root()}? [a]\n: b\n`, 'BP1014'],
  ['nothing', () => '', 'BP1015'],
  ['only a comment', () => '# nothing\n', 'BP1015'],
  ['a list', () => '- a\n', 'BP1101'],
  ['another language', () => 'tosca_definitions_version: tosca_2_0\n', 'BP1101'],
  ['two documents', () => `${role()}---\n${role()}`, 'BP1009'],
  ['half a document', () => 'name: "x\n', 'BP1009'],
  ['a count of text "NaN"', () => role('count: NaN'), 'BP1102'],
  [
    '1,000 roles of 1,000 in each',
    () =>
      'name: x\nservices:\n- type: cluster\n  cluster.initial.size: 1000\n  memberSpec:\n    type: cluster\n    cluster.initial.size: 1000\n    memberSpec: { type: server }\n',
    'BP1403',
  ],
  [
    'config that refers to itself',
    () =>
      services(
        '- type: software',
        '  launch: x',
        '  brooklyn.config:',
        '    a: $brooklyn:config("b")',
        '    b: $brooklyn:config("a")',
      ),
    'BP1306',
  ],
  [
    'config that refers to itself across entities',
    () =>
      services(
        '- type: software',
        '  id: a',
        '  launch: x',
        "  brooklyn.config: { k: \"$brooklyn:entity('b').config('k')\" }",
        '- type: software',
        '  id: b',
        '  launch: x',
        "  brooklyn.config: { k: \"$brooklyn:entity('a').config('k')\" }",
      ),
    'BP1306',
  ],
  [
    'relations in a circle',
    () =>
      'name: x\nroles:\n  - { name: a, launch: x, needs: b, priority: 1 }\n  - { name: b, launch: x, needs: a, priority: 1 }\n',
    'BP1404',
  ],
  ['an entity that needs itself', () => role('needs: web'), 'BP1404'],
  [
    'a priority against a relation',
    () => 'name: x\nroles:\n  - { name: a, launch: x, needs: b }\n  - { name: b, launch: x }\n',
    'BP1405',
  ],
  [
    'values that wait for each other',
    () =>
      services(
        '- type: software',
        '  id: a',
        '  launch: x',
        '  sensors: { s: { command: x } }',
        '  env: { X: "{{ entities.b.s }}" }',
        '- type: software',
        '  id: b',
        '  launch: x',
        '  sensors: { s: { command: x } }',
        '  env: { X: "{{ entities.a.s }}" }',
      ),
    'BP1307',
  ],
  [
    'a value of one that waits for this one',
    () =>
      'name: x\nroles:\n  - { name: a, launch: x, env: { B: "{{ roles.b.endpoint }}" } }\n  - { name: b, port: http, launch: x, needs: a }\n',
    'BP1307',
  ],
  ['a file outside', () => role('files: [/etc/passwd]', 'port: http'), 'BP1501'],
  ['a run directory outside', () => role('run.dir: ../app'), 'BP1501'],
  ['an install directory with a command in its path', () => role('install.dir: "$(id)"'), 'BP1501'],
  ['an artifact outside', () => role('files: [{ path: a, from: ../../secret }]'), 'BP1501'],
  ['an artifact outside, Windows way', () => role('files: [{ path: a, from: "..\\\\secret" }]'), 'BP1501'],
  ['a template outside', () => role('files: [{ path: a, templateFrom: /etc/passwd }]'), 'BP1501'],
  [
    'a template that reads files',
    () => role('environment: { A: "{% include \'/etc/passwd\' %}" }'),
    'BP1304',
  ],
  ['a template that renders files', () => role('environment: { A: "{% render \'x\' %}" }'), 'BP1304'],
  [
    'a template that asks for the prototype',
    () => role('environment: { A: "{{ constructor.constructor }}" }'),
    'BP1305',
  ],
  [
    'a template that asks for the process',
    () => role('environment: { A: "{{ process.env.HOME }}" }'),
    'BP1305',
  ],
  [
    'a template that reads the clock',
    () => role("environment: { A: \"{{ 'now' | date: '%s' }}\" }"),
    'BP1304',
  ],
  [
    'a pattern that looks around',
    () => root('parameters: [{ name: a, default: b, constraints: [{ regex: "(?=b)b" }] }]'),
    'BP1705',
  ],
]

describe('bad input', () => {
  it.each(CASES)('is one clear error: %s', (_name, text, code) => {
    const errors = problemsOf(text()).filter((one) => one.severity === 'error')
    expect(errors.map((one) => one.code)).toEqual([code])
    expect(errors[0]?.message.length).toBeGreaterThan(10)
    expect(errors[0]?.range?.start.line).toBeGreaterThanOrEqual(1)
  })

  it('is told quickly, however large', () => {
    const begin = process.cpuUsage()
    for (const [, text] of CASES.slice(0, 9)) compileText(text())
    expect((process.cpuUsage(begin).user + process.cpuUsage(begin).system) / 1000).toBeLessThan(3_000)
  })

  it.each(['0755', '010'])('that YAML reads otherwise than a person is a warning: %s', (written) => {
    const [only] = problemsOf(role(`config: { mode: ${written} }`))
    expect([only?.code, only?.severity, only?.fix?.edits[0]?.text]).toEqual([
      'BP1013',
      'warning',
      `"${written}"`,
    ])
  })

  it.each(['no', '12:30:45', '1_000', 'null value', '~/x'])(
    'that other YAML turns into something else stays a text: %s',
    (written) => {
      const result = compileText(role(`config: { a: ${written} }`))
      expect(result.kind === 'compiled' && result.spec.root.children[0]?.config['a']).toEqual({
        kind: 'literal',
        value: written,
      })
    },
  )

  it('with CR LF has the same meaning and places', () => {
    const text = role('needs: nobody')
    expect(problemsOf(text.replaceAll('\n', '\r\n'))).toEqual(problemsOf(text))
  })

  it('of a count of 0 is none', () => {
    expect(problemsOf(role('count: 0'))).toEqual([])
  })
})

const WORDS = ['__proto__', 'constructor', 'then', 'prototype', 'toString', 'hasOwnProperty']
const NAMES: readonly (readonly [what: string, text: (name: string) => string])[] = [
  ['role', (name) => `name: x\nroles:\n  - { name: ${name}, launch: x }\n`],
  ['role by key', (name) => `name: x\nroles:\n  ${name}: { launch: x }\n`],
  ['service', (name) => services(`- { type: software, id: ${name}, launch: x }`)],
  ['port', (name) => role(`port: ${name}`)],
  ['volume', (name) => role(`volumes: [{ name: ${name}, path: /data }]`)],
  ['sensor', (name) => role(`sensors: { ${name}: { command: x } }`)],
  ['effector', (name) => role(`effectors: { ${name}: x }`)],
  ['parameter', (name) => root(`parameters: [{ name: ${name}, default: x }]`)],
  ['config key', (name) => role(`config: { ${name}: x }`)],
  ['environment variable', (name) => role(`environment: { ${name}: x }`)],
  ['policy', (name) => role(`policies: [{ type: restart, name: ${name} }]`)],
  ['detail', (name) => role(`details: { ${name}: x }`)],
  ['root key', (name) => root(`${name}: x`)],
  ['policy setting', (name) => role(`policies: [{ type: restart, ${name}: x }]`)],
  ['type', (name) => services(`- { type: ${name}, launch: x }`)],
  ['kind of policy', (name) => role(`policies: [{ type: ${name} }]`)],
  ['network', (name) => role(`network: ${name}`)],
  ['need', (name) => role(`needs: ${name}`)],
  ['location', (name) => root(`location: ${name}`)],
  ['function', (name) => role('config:', `  a: $brooklyn:${name}("a")`)],
  ['scope', (name) => role('config:', `  a: $brooklyn:component("${name}", "a").entityId()`)],
]

describe('a word that means something to JavaScript', () => {
  it.each(NAMES.flatMap(([what, text]) => WORDS.map((word) => [word, what, text] as const)))(
    'is refused: %s as a %s',
    (word, _what, text) => {
      const errors = problemsOf(text(word)).filter((one: Problem) => one.severity === 'error')
      expect(errors).toHaveLength(1)
      expect(({} as { x?: unknown }).x).toBeUndefined()
    },
  )

  it('harms nothing as an artifact or a parameter', () => {
    expect(
      problemsOf(role(), { parameters: JSON.parse('{"__proto__": 1}') as never }).map((one) => one.code),
    ).toEqual(['BP1703'])
    expect(compileText(role('files: [{ path: a, from: constructor }]')).kind).toBe('missing')
  })
})

const METACHARACTERS = ['a;b', '$(id)', '`id`', 'a|b', "a'b", 'a&&b', '-rf', 'a\\nb', '%s', '~', 'a>b', 'a*']
const FIELDS: readonly (readonly [what: string, text: (value: string) => string])[] = [
  ['name', (value) => `name: x\nroles:\n  - name: "${value}"\n    launch: x\n`],
  ['image', (value) => role(`image: "${value}"`)],
  ['offering', (value) => role(`offering: "${value}"`)],
  ['key pair', (value) => role(`keyPair: "${value}"`)],
  ['location', (value) => root(`location: "${value}"`)],
  ['zone', (value) => role(`zones: "${value}"`)],
  ['file', (value) => role(`files: [{ path: "${value}", content: x }]`)],
  ['environment variable', (value) => role(`environment: { "${value}": x }`)],
  ['port', (value) => role(`port: "${value}"`)],
  ['volume', (value) => role(`volumes: ["/data/${value}"]`)],
  ['network', (value) => root(`network: "${value}"`)],
  ['scheme', (value) => role(`ports: [{ name: http, scheme: "${value}" }]`)],
]

describe('a character that a shell understands', () => {
  it.each(FIELDS.flatMap(([what, text]) => METACHARACTERS.map((value) => [value, what, text] as const)))(
    'is refused: %s in a %s',
    (value, _what, text) => {
      if (value === '-rf' && text('').includes('/data/')) return
      expect(problemsOf(text(value)).some((one) => one.severity === 'error')).toBe(true)
    },
  )

  it('is text like any other in the value of an environment variable', () => {
    const value = '$(id); `id` && "x" | %s ~ \\'
    const result = compileText(role(`environment: { A: ${JSON.stringify(value)} }`))
    const member = result.kind === 'compiled' ? result.spec.root.children[0]?.members?.spec : undefined
    expect(member?.software?.environment['A']).toEqual({ kind: 'literal', value })
  })

  it('reaches no command by a template: commands are none', () => {
    const result = compileText(role('stop: "kill {{ self.endpoint }}"'))
    const member = result.kind === 'compiled' ? result.spec.root.children[0]?.members?.spec : undefined
    expect(member?.software?.phases.stop?.command).toEqual({
      kind: 'literal',
      value: 'kill {{ self.endpoint }}',
    })
  })
})

describe('a pattern of someone else', () => {
  it('takes linear time', () => {
    const text = role().replace(
      'roles:',
      'parameters:\n  - { name: a, default: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", constraints: [{ regex: "^(a+)+$" }] }\nroles:',
    )
    const begin = process.cpuUsage()
    expect(problemsOf(text).map((one) => one.code)).toEqual(['BP1702'])
    expect(process.cpuUsage(begin).user / 1000).toBeLessThan(1_000)
  })

  it('says what is wrong with it', () => {
    expect(Pattern.compile('(a')).toHaveProperty('error')
    expect(Pattern.compile('(a)\\1')).toHaveProperty('error')
    expect(Pattern.compile('a'.repeat(2_000))).toHaveProperty('error')
    const compiled = Pattern.compile('[a-c]+')
    expect(
      'pattern' in compiled && [
        compiled.pattern.matches('abc'),
        compiled.pattern.matches('abcd'),
        compiled.pattern.find('xax'),
      ],
    ).toEqual([true, false, true])
  })
})
