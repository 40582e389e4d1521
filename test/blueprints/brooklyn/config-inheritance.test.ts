import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CompileOptions, compile } from '../../../blueprints/index.js'
import type { EntitySpec, Json } from '../../../engine/index.js'
import { EngineHarness } from '../../support/engine-harness.js'
import { at, optionsWith, resultOf, specOf, warningsOf } from './support.js'

/** Types whose keys are inherited from a type in each way, and types and entities that give them values. */
const BY_TYPE = [
  'brooklyn.catalog:',
  '  version: 1.0.0',
  '  itemType: entity',
  '  items:',
  '  - id: keyed',
  '    item:',
  '      type: entity',
  '      brooklyn.parameters:',
  '      - { name: merged, type: map, inheritance.type: deep_merge, default: { by: default } }',
  '      - { name: covered, type: map, inheritance.type: overwrite, default: { by: default } }',
  '      - { name: always, type: map, inheritance.type: always, default: { by: default } }',
  '      - { name: alone, type: map, inheritance.type: never, default: { by: default } }',
  '      - { name: none, type: map, inheritance.type: none, default: { by: default } }',
  '      - { name: once, type: map, inheritance.type: not_reinherited, default: { by: default } }',
  '      - { name: once.merged, type: map, inheritance.type: NOT_REINHERITED_ELSE_DEEP_MERGE, default: { by: default } }',
  '      - { name: unsaid, type: map, default: { by: default } }',
  '  - id: valued',
  '    item:',
  '      type: keyed',
  '      brooklyn.config:',
  ...['merged', 'covered', 'always', 'alone', 'none', 'once', 'once.merged', 'unsaid'].map(
    (key) => `        ${key}: { type: given, deep: { type: given } }`,
  ),
  // A type that gives values under keys that it does not know.
  '  - id: unknowing',
  '    item:',
  '      type: entity',
  '      brooklyn.config: { once: { type: given }, once.merged: { type: given }, merged: { type: given }, alone: { type: given } }',
  '  - id: redeclared',
  '    item:',
  '      type: valued',
  '      brooklyn.parameters: [{ name: covered, inheritance.type: deep_merge }, { name: merged, label: Merged }]',
  '      brooklyn.config: { covered: { own: given }, merged: { own: given } }',
  '  - id: level-1',
  '    item:',
  '      type: entity',
  '      brooklyn.parameters: [{ name: merged, type: map, inheritance.type: deep_merge }]',
  '      brooklyn.config: { merged: { one: 1 } }',
  '  - { id: level-2, item: { type: level-1, brooklyn.config: { merged: { two: 2 } } } }',
  '  - { id: level-3, item: { type: level-2, brooklyn.config: { merged: { three: 3 } } } }',
]

const GIVEN = { type: 'given', deep: { type: 'given' } }
const OWN = '{ own: mine, deep: { own: mine } }'
const MINE = { own: 'mine', deep: { own: 'mine' } }
const BOTH = { type: 'given', own: 'mine', deep: { type: 'given', own: 'mine' } }
const DEFAULT = { by: 'default' }

type ByType = readonly [what: string, type: string, own: string | undefined, key: string, expected: Json]

const TYPE_CASES: readonly ByType[] = [
  ...['merged', 'covered', 'always', 'alone', 'none', 'once', 'once.merged', 'unsaid'].flatMap(
    (key): readonly ByType[] => [
      [`the default of ${key}, where nobody gives a value`, 'keyed', undefined, key, DEFAULT],
      [`its own value of ${key} for the default`, 'keyed', OWN, key, MINE],
    ],
  ),
  ...['merged', 'covered', 'always', 'unsaid'].map((key): ByType => [
    `the type's value of ${key}`,
    'valued',
    undefined,
    key,
    GIVEN,
  ]),
  ...['alone', 'none', 'once', 'once.merged'].map((key): ByType => [
    `the default of ${key}, which its type keeps to itself`,
    'valued',
    undefined,
    key,
    DEFAULT,
  ]),
  ['both merged', 'valued', OWN, 'merged', BOTH],
  ...['covered', 'always', 'unsaid', 'alone', 'none', 'once', 'once.merged'].map((key): ByType => [
    `its own value of ${key} alone`,
    'valued',
    OWN,
    key,
    MINE,
  ]),
  ['every level merged', 'level-3', '{ four: 4 }', 'merged', { one: 1, two: 2, three: 3, four: 4 }],
  ['two levels merged', 'level-2', undefined, 'merged', { one: 1, two: 2 }],
  ['the mode that a redeclaration states', 'redeclared', undefined, 'covered', { ...GIVEN, own: 'given' }],
  ['the mode that a redeclaration leaves as it is', 'redeclared', OWN, 'merged', { ...BOTH }],
]

describe('config of a type', () => {
  let bench: EngineHarness
  const services = TYPE_CASES.map(
    ([, type, own, key], number) =>
      `- { type: ${type}, id: e${number}${own === undefined ? '' : `, brooklyn.config: { ${key}: ${own} }`} }`,
  )

  beforeAll(async () => {
    bench = await EngineHarness.open()
    await bench.deploy(specOf(['name: App', 'location: sim', 'services:', ...services], options()))
  })
  afterAll(() => bench.close())

  it.each(TYPE_CASES.map((row, number) => [...row, number] as const))(
    'gives %s',
    (_what, _type, _own, key, expected, number) => {
      expect(bench.entity(`e${number}`).config[key]).toEqual(expected)
    },
  )

  it.each<[what: string, mode: string, own: string, expected: Json]>([
    ['is passed on by a type that does not know its key', 'not_reinherited', '', { type: 'given' }],
    ['is covered by a value of its own', 'not_reinherited', '{ own: mine }', { own: 'mine' }],
    [
      'is merged with a value of its own',
      'not_reinherited_else_deep_merge',
      '{ own: mine }',
      { type: 'given', own: 'mine' },
    ],
    ['is merged wherever it comes from', 'deep_merge', '{ own: mine }', { type: 'given', own: 'mine' }],
    ['is not there for who wants none', 'never', '', null],
  ])('%s: %s', (_what, mode, own, expected) => {
    const entity = [
      'services:',
      '- type: unknowing',
      `  brooklyn.parameters: [{ name: once, type: map, inheritance.type: ${mode} }]`,
      ...(own === '' ? [] : [`  brooklyn.config: { once: ${own} }`]),
      '- { type: entity }',
    ]
    expect(valueOf(at(specOf(entity, options()), 0), 'once')).toEqual(expected)
  })
})

/** A type whose keys are inherited from above in each way, and the same keys without defaults. */
const BY_PARENT = [
  'brooklyn.catalog:',
  '  version: 1.0.0',
  '  itemType: entity',
  '  items:',
  ...[
    ['keyed', ', default: { by: default }'],
    ['plain-keyed', ''],
  ].flatMap(([id, fallback]) => [
    `  - id: ${id}`,
    '    item:',
    '      type: entity',
    '      brooklyn.parameters:',
    ...modes().map(
      ([key, mode]) => `      - { name: ${key}, type: map, inheritance.parent: ${mode}${fallback} }`,
    ),
  ]),
]

function modes(): readonly (readonly [key: string, mode: string])[] {
  return [
    ['merged', 'deep_merge'],
    ['covered', 'overwrite'],
    ['alone', 'never'],
    ['once', 'not_reinherited'],
    ['once.merged', 'not_reinherited_else_deep_merge'],
  ]
}

const configOf = (value: string): string =>
  `brooklyn.config: { ${modes()
    .map(([key]) => `${key}: ${value}`)
    .join(', ')} }`
/** Looks at every key from the entity itself, whether it knows them or not. */
const GOT = `config: { ${modes()
  .map(([key]) => `got.${key}: '$brooklyn:config("${key}")'`)
  .join(', ')} }`
const ABOVE = { above: 'given' }

/** What is above, what is below it, and what the lower one has for each key, in the order of the modes. */
const PARENT_CASES: readonly (readonly [
  what: string,
  above: string,
  below: string,
  expected: readonly Json[],
])[] = [
  [
    'the default where nobody gives a value',
    'type: group',
    'type: keyed',
    [DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT],
  ],
  [
    'a value from one that does not know the key',
    `type: group, ${configOf('{ above: given }')}`,
    'type: keyed',
    [ABOVE, ABOVE, DEFAULT, ABOVE, ABOVE],
  ],
  [
    'its own value, merged where it is said so',
    `type: group, ${configOf('{ above: given }')}`,
    `type: keyed, ${configOf('{ own: mine }')}`,
    [
      { above: 'given', own: 'mine' },
      { own: 'mine' },
      { own: 'mine' },
      { own: 'mine' },
      { above: 'given', own: 'mine' },
    ],
  ],
  [
    'without knowing the keys, what is inherited again',
    `type: keyed, ${configOf('{ above: given }')}`,
    'type: entity',
    [ABOVE, ABOVE, null, null, null],
  ],
  [
    'what is inherited again, where both know the keys',
    `type: keyed, ${configOf('{ above: given }')}`,
    'type: plain-keyed',
    [ABOVE, ABOVE, null, null, null],
  ],
  ['a default from above', 'type: keyed', 'type: plain-keyed', [DEFAULT, DEFAULT, null, null, null]],
]

describe('config from above', () => {
  let bench: EngineHarness

  beforeAll(async () => {
    const services = PARENT_CASES.map(
      ([, above, below], number) =>
        `- { id: a${number}, ${above}, brooklyn.children: [{ id: b${number}, ${below}, ${GOT} }] }`,
    )
    const levels = [
      '- type: group',
      '  id: top',
      '  brooklyn.config: { merged: { one: 1 }, who: top, said: $brooklyn:config("who"), covered: { of: $brooklyn:self() } }',
      '  brooklyn.children:',
      '  - type: group',
      '    id: middle',
      '    brooklyn.config: { merged: { two: 2 }, who: middle }',
      `    brooklyn.children: [{ type: keyed, id: low, brooklyn.config: { merged: { three: 3 }, who: low, said.low: '$brooklyn:config("said")', covered.low: '$brooklyn:config("covered")' } }]`,
    ]
    const lines = ['name: App', 'location: sim', 'services:', ...services, ...levels]
    bench = await EngineHarness.open()
    await bench.deploy(specOf(lines, { ...optionsWith(BY_PARENT), locations: ['sim'] }))
  })
  afterAll(() => bench.close())

  it.each(
    PARENT_CASES.flatMap(([what, , , expected], number) =>
      modes().map(([key, mode], at) => ({ what, number, key, mode, expected: expected[at] ?? null })),
    ),
  )('gives $what: $mode', ({ number, key, expected }) => {
    expect(bench.entity(`a${number}/b${number}`).config[`got.${key}`]).toEqual(expected)
  })

  it.each<[what: string, key: string, expected: Json]>([
    ['is merged over all levels', 'merged', { one: 1, two: 2, three: 3 }],
    ['means what it means where it is written', 'said.low', 'top'],
    ['means what it means where it is written, within a map', 'covered.low', { of: 'top' }],
  ])('%s', (_what, key, expected) => {
    expect(bench.entity('top/middle/low').config[key]).toEqual(expected)
  })
})

const FILES = { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' }

describe('what software is given from above', () => {
  /** Of the only software below: what it is told of each kind. */
  const found = (lines: readonly string[]): Json => {
    const result = compile(
      { main: { file: 'app.yaml', text: lines.join('\n') }, files: FILES },
      optionsWith(),
    )
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    const software = softwareIn(result.spec.root)
    const files = Object.entries(software?.software?.phases ?? {}).flatMap(([phase, operation]) =>
      operation.files.map(({ path }) => `${phase}:${path}`),
    )
    return {
      env: plainOf(software?.software?.environment ?? {}),
      files,
      commands: plainOf(
        Object.fromEntries(
          Object.entries(software?.software?.phases ?? {}).flatMap(([phase, { command }]) =>
            command === undefined ? [] : [[phase, command] as const],
          ),
        ),
      ),
      cores: software?.machine?.cores ?? null,
      memory: software?.machine?.memory ?? null,
      install: software?.software?.installDirectory ?? null,
    }
  }
  const NOTHING = {
    env: {},
    files: [],
    commands: { launch: 'run' },
    cores: null,
    memory: null,
    install: null,
  }
  const under = (config: string, ...below: readonly string[]): readonly string[] => [
    'services:',
    '- type: group',
    `  brooklyn.config: ${config}`,
    '  brooklyn.children:',
    ...below.map((line) => `  ${line}`),
  ]
  const OWN = '- { type: software, launch.command: run'

  it.each<[what: string, lines: readonly string[], expected: { readonly [key: string]: Json }]>([
    ['its environment', under('{ shell.env: { A: a } }', `${OWN} }`), { env: { A: 'a' } }],
    [
      'its environment, merged with its own',
      under('{ shell.env: { A: a, B: a } }', `${OWN}, shell.env: { B: b, C: c } }`),
      { env: { A: 'a', B: 'b', C: 'c' } },
    ],
    [
      'its environment under another name',
      under('{ env: { A: a } }', `${OWN}, env: { B: b } }`),
      { env: { A: 'a', B: 'b' } },
    ],
    [
      'its environment, an expression of its own instead',
      under('{ shell.env: { A: a } }', `${OWN}, shell.env: { A: $brooklyn:config("x") } }`),
      { env: { A: '<config>' } },
    ],
    [
      'files, merged with its own',
      under(
        '{ files.runtime: { a.txt: a }, templates.install: { b.txt: b } }',
        `${OWN}, files.runtime: { c.txt: c } }`,
      ),
      { files: ['install:b', 'launch:a', 'launch:c'] },
    ],
    [
      'what its machine is to be like, merged with its own',
      under(
        '{ provisioning.properties: { minCores: 2, minRam: 1 GB } }',
        `${OWN}, provisioning.properties: { minCores: 4 } }`,
      ),
      { cores: 4, memory: 2 ** 30 },
    ],
    [
      'a command that it lacks',
      under('{ install.command: get }', `${OWN} }`),
      { commands: { install: 'get', launch: 'run' } },
    ],
    ['no command where it has its own', under('{ launch.command: other }', `${OWN} }`), {}],
    ['where to install', under('{ install.dir: /opt/a }', `${OWN} }`), { install: '/opt/a' }],
    [
      'what each level says, the nearest first',
      under(
        '{ shell.env: { A: a, B: a } }',
        '- type: group',
        '  brooklyn.config: { shell.env: { B: b } }',
        `  brooklyn.children: [${OWN.slice(2)} }]`,
      ),
      { env: { A: 'a', B: 'b' } },
    ],
    [
      'what its cluster says',
      [
        'services:',
        '- type: cluster',
        '  brooklyn.config: { provisioning.properties: { minCores: 2 }, shell.env: { A: a } }',
        `  memberSpec: { $brooklyn:entitySpec: ${OWN.slice(2)} } }`,
      ],
      { cores: 2, env: { A: 'a' } },
    ],
    [
      'what the application says',
      [
        'brooklyn.config: { provisioning.properties: { minCores: 2 } }',
        'services:',
        `${OWN} }`,
        '- { type: entity }',
      ],
      { cores: 2 },
    ],
  ])('%s', (_what, lines, expected) => {
    expect(found(lines)).toEqual({ ...NOTHING, ...expected })
  })

  it('ends with software: what is inside of that does not see it, but for places', () => {
    const lines = [
      'services:',
      '- type: software',
      '  launch.command: run',
      '  brooklyn.config: { shell.env: { A: a }, provisioning.properties: { minCores: 2 }, install.dir: /opt/a }',
      '  brooklyn.children: [{ type: software, launch.command: run }]',
      '- { type: entity }',
    ]
    const inner = at(specOf(lines), 0, 0)
    expect([inner.software?.environment, inner.machine?.cores, inner.software?.installDirectory]).toEqual([
      {},
      undefined,
      '/opt/a',
    ])
  })

  it('means what it means where it is written', () => {
    const lines = under(
      `{ who: above, shell.env: { A: $brooklyn:config("who"), B: '$brooklyn:formatString("%s", config("who"))', C: { $brooklyn:config: who } } }`,
      '- type: group',
      `  brooklyn.children: [${OWN.slice(2)}, config: { who: below } }]`,
    )
    const above = { scope: 'parent', from: { scope: 'parent' } }
    const reference = { kind: 'config', of: above, key: 'who' }
    expect(softwareIn(specOf(lines).root)?.software?.environment).toEqual({
      A: reference,
      B: { kind: 'format', pattern: '%s', arguments: [reference] },
      C: reference,
    })
  })

  it('is a warning where there is no software', () => {
    expect(
      warningsOf([
        'services:',
        '- { type: group, brooklyn.config: { shell.env: { A: a } } }',
        '- { type: entity }',
      ]),
    ).toEqual(['BP1207@2'])
  })

  it('tells a mistake once, where it is written', () => {
    const lines = under('{ shell.env: { A: $brooklyn:nothing() } }', `${OWN} }`, `${OWN} }`)
    const result = resultOf(lines)
    expect(
      result.kind === 'problems' && result.problems.map(({ code, range }) => `${code}@${range?.start.line}`),
    ).toEqual(['BP1302@3'])
  })
})

function softwareIn(entity: EntitySpec): EntitySpec | undefined {
  if (entity.software !== undefined) return entity
  const below = entity.members === undefined ? entity.children : [...entity.children, entity.members.spec]
  return below.map(softwareIn).find((found) => found !== undefined)
}

function plainOf(values: EntitySpec['config']): Json {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      value.kind === 'literal' ? value.value : `<${value.kind}>`,
    ]),
  )
}

function options(): CompileOptions {
  return { ...optionsWith(BY_TYPE), locations: ['sim'] }
}

function valueOf({ config }: EntitySpec, key: string): Json {
  const value = config[key]
  return value?.kind === 'literal' ? value.value : null
}
