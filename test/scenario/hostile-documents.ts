/** A document that must be refused: what is wrong with it, its text, and codes of which at least one is told. */
export type HostileDocument = readonly [what: string, text: () => string | Uint8Array, code: string]

/** A shop with one role and these lines below it. */
export const role = (...lines: readonly string[]): string =>
  `name: Hostile\nlocation: local\nroles:\n  - name: web\n    launch: exec sleep 1000\n${indented(lines, 4)}`

/** A shop with these lines at its root, and one role. */
export const root = (...lines: readonly string[]): string =>
  `name: Hostile\nlocation: local\n${indented(lines, 0)}roles:\n  - { name: web, launch: exec sleep 1000 }\n`

const services = (...lines: readonly string[]): string =>
  `name: Hostile\nlocation: local\nservices:\n${indented(lines, 2)}`

const indented = (lines: readonly string[], by: number): string =>
  lines.map((line) => `${' '.repeat(by)}${line}\n`).join('')

const named = (name: string): string =>
  `name: Hostile\nroles:\n  - { name: ${JSON.stringify(name)}, launch: x }\n`

const bomb = (): string => {
  const level = (at: number): string =>
    `a${at + 1}: &a${at + 1} [${Array.from({ length: 9 }, () => `*a${at}`).join(', ')}]`
  return `name: x\na0: &a0 [x, x, x]\n${Array.from({ length: 9 }, (_, at) => level(at)).join('\n')}\n`
}

const waitingFor = (id: string, other: string): readonly string[] => [
  '- type: software',
  `  id: ${id}`,
  '  launch: x',
  '  sensors: { s: { command: x } }',
  `  env: { X: "{{ entities.${other}.s }}" }`,
]

const configOf = (id: string, other: string): readonly string[] => [
  '- type: software',
  `  id: ${id}`,
  '  launch: x',
  `  brooklyn.config: { k: "$brooklyn:entity('${other}').config('k')" }`,
]

const SHAPES: readonly HostileDocument[] = [
  ['an alias bomb', bomb, 'BP1003'],
  ['100,000 open brackets', () => `name: ${'['.repeat(100_000)}`, 'BP1002'],
  ['100,000 open braces', () => `name: ${'{a: '.repeat(100_000)}`, 'BP1002'],
  ['100,000 dashes', () => `name:\n  ${'- '.repeat(100_000)}x`, 'BP1002'],
  ['2 MB of text', () => `name: ${'x'.repeat(2_000_000)}`, 'BP1001'],
  ['a key twice', () => 'name: a\nname: b\n', 'BP1005'],
  ['NUL', () => 'name: a\u0000b\n', 'BP1007'],
  ['NUL as an escape', () => root('owner: "a\\0b"'), 'BP1007'],
  ['a byte order mark', () => `\uFEFF${role()}`, 'BP1007'],
  ['an unknown tag', () => root('owner: !!js/function "return 1"'), 'BP1010'],
  ['an anchor that refers to itself', () => root('details: &a { b: *a }'), 'BP1004'],
  [
    'a merge that goes round',
    () => 'name: x\nroles:\n  - &a\n    <<: *a\n    name: a\n    launch: x\n',
    'BP1004',
  ],
  ['nothing', () => ' ', 'BP1015'],
  ['two documents', () => `${role()}---\n${role()}`, 'BP1009'],
]

const COUNTS: readonly HostileDocument[] = [
  ['a count of -1', () => role('count: -1'), 'BP1107'],
  ['a count of 1.5', () => role('count: 1.5'), 'BP1102'],
  ['a count of 1e9', () => role('count: 1000000000'), 'BP1107'],
  ['a count of .nan', () => role('count: .nan'), 'BP1012'],
  ['a count of NaN', () => role('count: NaN'), 'BP1102'],
  ['a min above the max', () => role('count: { initial: 3, min: 4, max: 2 }'), 'BP1401'],
  ['a quorum above the max', () => role('count: { initial: 1, max: 2 }', 'startQuorum: 3'), 'BP1402'],
  ['a million instances over quota', () => role('count: 1000000'), 'BP1403'],
]

const CIRCLES: readonly HostileDocument[] = [
  ['config that waits in a circle', () => services(...configOf('a', 'b'), ...configOf('b', 'a')), 'BP1306'],
  [
    'sensors that wait in a circle',
    () => services(...waitingFor('a', 'b'), ...waitingFor('b', 'a')),
    'BP1307',
  ],
  [
    'needs in a circle',
    () =>
      'name: x\nroles:\n  - { name: a, launch: x, needs: b, priority: 1 }\n  - { name: b, launch: x, needs: a, priority: 1 }\n',
    'BP1404',
  ],
  ['an entity that needs itself', () => role('needs: web'), 'BP1404'],
]

const NAMES: readonly HostileDocument[] = [
  [
    'names that become one',
    () => 'name: x\nroles:\n  - { name: a_b, launch: x }\n  - { name: a-b, launch: x }\n',
    'BP1202',
  ],
  ...['__proto__', 'constructor', 'then'].flatMap((name): readonly HostileDocument[] => [
    [`a role ${name}`, () => named(name), 'BP1201'],
    [`a port ${name}`, () => role(`port: ${name}`), 'BP1201'],
    [`a sensor ${name}`, () => role(`sensors: { ${name}: { command: x } }`), 'BP1201'],
    [`an effector ${name}`, () => role(`effectors: { ${name}: x }`), 'BP1201'],
    [`a parameter ${name}`, () => root(`parameters: [{ name: ${name}, default: x }]`), 'BP1201'],
    [`an environment variable ${name}`, () => role(`environment: { ${name}: x }`), 'BP1201'],
    [`a config key ${name}`, () => role(`config: { ${name}: x }`), 'BP1201'],
    [`a type ${name}`, () => services(`- { type: ${name}, launch: x }`), 'BP1205'],
    [
      `a location ${name}`,
      () => root().replace('local\n', `${name}\n`),
      name === '__proto__' ? 'BP1106' : 'BP1206',
    ],
  ]),
  ...['$(id)', '`id`', 'a;b', "a'b", 'a\nb', '-rf', '../x', 'a b'].map((name): HostileDocument => [
    `a role ${JSON.stringify(name)}`,
    () => named(name),
    'BP1201',
  ]),
  ['an environment variable $(id)', () => role('environment: { "$(id)": x }'), 'BP1201'],
  ['an image $(id)', () => role('image: "$(id)"'), 'BP1106'],
  ['a network ;id', () => root('network: ";id"'), 'BP1106'],
  ['a key pair -rf', () => role('keyPair: "-rf"'), 'BP1106'],
  ['a volume $(id)', () => role('volumes: ["/data/$(id)"]'), 'BP1501'],
]

const ESCAPES: readonly HostileDocument[] = [
  [
    'a template that reads files',
    () => role('environment: { A: "{% include \'/etc/passwd\' %}" }'),
    'BP1304',
  ],
  ['a template that renders files', () => role('environment: { A: "{% render \'x\' %}" }'), 'BP1304'],
  [
    'a template of the prototype',
    () => role('environment: { A: "{{ constructor.constructor }}" }'),
    'BP1305',
  ],
  ['a template of the process', () => role('environment: { A: "{{ process.env.HOME }}" }'), 'BP1305'],
  [
    'a template that reads the clock',
    () => role("environment: { A: \"{{ 'now' | date: '%s' }}\" }"),
    'BP1304',
  ],
  ['a file outside', () => role('files: [{ path: ../../x, content: x }]'), 'BP1501'],
  ['a file that is an option', () => role('files: [{ path: "-rf", content: x }]'), 'BP1501'],
  ['a file with a command in its path', () => role('files: [{ path: "$(id)", content: x }]'), 'BP1501'],
  ['an artifact outside', () => role('files: [{ path: a, from: ../../secret }]'), 'BP1501'],
  ['an artifact of the host', () => role('files: [{ path: a, from: /etc/passwd }]'), 'BP1501'],
  ['a template of the host', () => role('files: [{ path: a, templateFrom: /etc/passwd }]'), 'BP1501'],
  [
    'a pattern that takes for ever elsewhere',
    () =>
      root(
        `parameters: [{ name: a, default: "${'a'.repeat(5_000)}!", constraints: [{ regex: "^(a+)+$" }] }]`,
      ),
    'BP1702',
  ],
  [
    'a pattern that looks around',
    () => root('parameters: [{ name: a, default: b, constraints: [{ regex: "(?=b)b" }] }]'),
    'BP1705',
  ],
]

/** Documents that must be refused with 422, a code of their own, and nothing made. */
export const HOSTILE_DOCUMENTS: readonly HostileDocument[] = [
  ...SHAPES,
  ...COUNTS,
  ...CIRCLES,
  ...NAMES,
  ...ESCAPES,
]
