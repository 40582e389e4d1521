import { describe, expect, it } from 'vitest'
import type { EntitySpec, JsonObject } from '../../engine/index.js'
import { compileText, problemsOf, services } from './support/documents.js'

function entity(...lines: readonly string[]): EntitySpec {
  const result = compileText(services('- type: entity', ...lines.map((line) => `  ${line}`)))
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root.children[0]!
}

const initialized = (written: string): EntitySpec => entity(`brooklyn.initializers: [${written}]`)
const codes = (...lines: readonly string[]): readonly string[] =>
  problemsOf(services('- type: entity', ...lines.map((line) => `  ${line}`))).map((one) => one.code)

describe('an initializer', () => {
  it.each<[string, JsonObject]>([
    [
      '{ type: org.apache.brooklyn.core.sensor.StaticSensor, brooklyn.config: { name: a, sensorType: string, static.value: hi } }',
      { name: 'a', type: 'string', source: { kind: 'static', value: { kind: 'literal', value: 'hi' } } },
    ],
    ['{ type: static-sensor, name: a, static.value: 5 }', { type: 'number' }],
    ['{ type: static-sensor, name: main.uri, static.value: x }', { name: 'endpoint' }],
    ['{ type: StaticSensor, name: a, targetType: java.lang.Integer, static.value: "5" }', { type: 'number' }],
    ['{ type: static-sensor, name: a, static.value: { b: 1 } }', { type: 'json' }],
    ['{ initializerType: static-sensor, name: a, static.value: true }', { type: 'boolean' }],
    [
      '{ type: static-sensor, name: a, static.value: $brooklyn:config("b") }',
      { source: { kind: 'static', value: { kind: 'config', key: 'b' } } },
    ],
    [
      '{ type: org.apache.brooklyn.core.sensor.ssh.SshCommandSensor, brooklyn.config: { name: load, command: cat /proc/loadavg, period: 10s } }',
      {
        name: 'load',
        type: 'string',
        source: { kind: 'command', command: { kind: 'literal', value: 'cat /proc/loadavg' }, period: 10_000 },
      },
    ],
    ['{ type: ssh-sensor, name: a, command: x }', { source: { period: 300_000 } }],
    ['{ type: ssh-sensor, name: a, command: x, format: yaml }', { type: 'json' }],
    ['{ type: ssh-sensor, name: a, command: x, value.on.error: none }', { source: { onError: 'none' } }],
    [
      `{ type: ssh-sensor, name: a, command: ls, executionDir: "/it's here" }`,
      {
        source: {
          command: {
            kind: 'literal',
            value: `mkdir -p '/it'\\''s here' && cd '/it'\\''s here' || exit 1\nls`,
          },
        },
      },
    ],
    [
      '{ type: ssh-sensor, name: a, command: $brooklyn:config("b"), executionDir: "/100%" }',
      { source: { command: { kind: 'format', pattern: "mkdir -p '/100%%' && cd '/100%%' || exit 1\n%s" } } },
    ],
    [
      '{ type: http-sensor, name: a, uri: "http://here/", jsonPath: "$.a[0]", targetType: integer, period: 1 min }',
      { type: 'number', source: { kind: 'http', select: '$.a[0]', period: 60_000 } },
    ],
    [
      '{ type: HttpRequestSensor, name: a, uri: "http://here/", username: me, password: pw, headers: { accept: text/plain } }',
      {
        type: 'json',
        source: {
          login: { user: { value: 'me' }, password: { value: 'pw' } },
          headers: { accept: { value: 'text/plain' } },
        },
      },
    ],
    [
      '{ type: ssh-sensor, name: a, command: ls, executionDir: ~/x }',
      { source: { command: { value: `mkdir -p "$HOME"/'x' && cd "$HOME"/'x' || exit 1\nls` } } },
    ],
    [
      '{ type: ssh-sensor, name: a, command: ls, executionDir: $brooklyn:config("b"), shell.env: { X: 1 } }',
      {
        source: {
          command: { value: 'mkdir -p "$EXECUTION_DIR" && cd "$EXECUTION_DIR" || exit 1\nls' },
          environment: { X: { value: 1 }, EXECUTION_DIR: { kind: 'config', key: 'b' } },
        },
      },
    ],
    ['{ type: ssh-sensor, name: a, command: x }', { sampling: { whileUp: true } }],
    ['{ type: ssh-sensor, name: a, command: x, targetType: java.util.Map }', { source: { format: 'data' } }],
    [
      '{ type: ssh-sensor, name: a, command: x, period: 10s, triggers: service.isUp }',
      { source: { period: 10_000 } },
    ],
    ['{ type: ssh-sensor, name: a, command: x, period: forever }', { source: { period: 0 } }],
    [
      '{ type: http-sensor, name: a, uri: "http://here/", triggers: [a, { entity: entity, sensor: service.isUp }] }',
      {
        source: { period: 0 },
        sampling: {
          triggers: [
            { of: { scope: 'self' }, sensor: 'a' },
            { of: { scope: 'global', id: 'entity' }, sensor: 'service.isUp' },
          ],
        },
      },
    ],
    [
      '{ type: http-sensor, name: a, uri: "http://here/", triggers: { entity: $brooklyn:root(), sensor: $brooklyn:sensor("service.state") } }',
      { sampling: { triggers: [{ of: { scope: 'root' }, sensor: 'service.state' }] } },
    ],
    [
      '{ type: http-sensor, name: a, uri: "http://here/", condition: { sensor: b, equals: 1 }, onlyIfServiceUp: true, skip_initial_run: true, suppressDuplicates: true, logWarningGraceTime: 1m, logWarningGraceTimeOnStartup: 5s }',
      {
        sampling: {
          condition: {
            kind: 'select',
            from: { kind: 'sensor', name: 'b' },
            of: { kind: 'equals', value: 1 },
          },
          whileUp: true,
          skipFirst: true,
          onlyChanges: true,
          grace: 60_000,
          graceAtStart: 5_000,
        },
      },
    ],
    [
      '{ type: static-sensor, name: a, static.value: $brooklyn:config("b"), static.timeout: 5s }',
      { source: { kind: 'static', within: 5_000 } },
    ],
    [
      '{ type: org.apache.brooklyn.core.sensor.password.CreatePasswordSensor, name: a, password.length: 7, password.chars: abc }',
      { type: 'string', source: { kind: 'made', what: { kind: 'password', length: 7, groups: ['abc'] } } },
    ],
    [
      '{ type: create-password-sensor, name: a, password.character.groups: [abc, "123"] }',
      { source: { what: { length: 12, groups: ['abc', '123'] } } },
    ],
  ])('adds a sensor: %s', (written, sensor) => {
    expect(initialized(written).sensors).toMatchObject([sensor])
  })

  it('adds the time since it began, and the moment of that', () => {
    const written =
      '{ type: org.apache.brooklyn.core.sensor.DurationSinceSensor, brooklyn.config: { name: age } }'
    expect(initialized(written).sensors).toMatchObject([
      { name: 'age.epoch', type: 'number', source: { kind: 'made', what: { kind: 'moment' } } },
      { name: 'age', type: 'string', source: { kind: 'elapsed', since: 'age.epoch', period: 1_000 } },
    ])
  })

  it('takes a command from a file beside the document', () => {
    const text = services(
      '- { type: entity, brooklyn.initializers: [{ type: ssh-sensor, name: a, commandUrl: x.sh }] }',
    )
    expect(compileText(text)).toMatchObject({ kind: 'missing', files: ['x.sh'] })
  })

  it('adds an effector with an environment', () => {
    const spec = initialized(
      '{ type: ssh-effector, name: a, command: x, shell.env: { B: $brooklyn:config("b") } }',
    )
    expect(spec.effectors).toMatchObject([{ environment: { B: { kind: 'config', key: 'b' } } }])
  })

  it('adds an effector with parameters', () => {
    const written =
      '{ type: org.apache.brooklyn.core.effector.ssh.SshCommandEffector, brooklyn.config: { name: greet, description: Says it,' +
      ' command: echo $whom, parameters: { whom: { description: who, defaultValue: all }, times: { type: integer } } } }'
    expect(initialized(written).effectors).toMatchObject([
      {
        name: 'greet',
        description: 'Says it',
        command: { kind: 'literal', value: 'echo $whom' },
        timeout: 60_000,
        parameters: [
          { name: 'whom', description: 'who', default: { value: 'all' } },
          { name: 'times', type: 'integer' },
        ],
      },
    ])
  })

  it('adds tags after those that are declared', () => {
    const spec = entity(
      'brooklyn.tags: [one]',
      'brooklyn.initializers: [{ type: add-tags-initializer, tags: [two, { a: 3 }] }]',
    )
    expect(spec.tags).toEqual(['one', 'two', { a: 3 }])
  })

  it('adds to what is declared, and to the application too', () => {
    const spec = entity(
      'sensors: { b: { value: 1 } }',
      'brooklyn.initializers: [{ type: static-sensor, name: a, static.value: 1 }]',
    )
    expect(spec.sensors.map(({ name }) => name)).toEqual(['b', 'a'])
    const text = `${services('- type: entity')}brooklyn.initializers: [{ type: static-sensor, name: a, static.value: 1 }]\n`
    expect(compileText(text)).toMatchObject({ spec: { root: { sensors: [{ name: 'a' }] } } })
  })

  it('can be waited for by its sensor', () => {
    const lines = [
      '- { type: entity, id: a, brooklyn.initializers: [{ type: static-sensor, name: here, static.value: 1 }] }',
      '- { type: entity, config: { b: $brooklyn:component("a").attributeWhenReady("here") } }',
    ]
    expect(problemsOf(services(...lines))).toEqual([])
  })

  it.each<[string, string]>([
    ['{ name: a }', 'BP1104'],
    ['{ type: StatcSensor, name: a, static.value: 1 }', 'BP1205'],
    ['{ type: static-sensor, static.value: 1 }', 'BP1104'],
    ['{ type: static-sensor, name: a }', 'BP1104'],
    ['{ type: static-sensor, name: a, static.value: 1, perid: 5s }', 'BP1103'],
    ['{ type: static-sensor, name: [a], static.value: 1 }', 'BP1102'],
    ['{ type: ssh-sensor, name: a, command: x, executionDir: [b] }', 'BP1102'],
    ['{ type: ssh-sensor, name: a }', 'BP1104'],
    ['{ type: ssh-sensor, name: a, command: x, commandUrl: y }', 'BP1503'],
    ['{ type: ssh-sensor, name: a, commandUrl: ../y }', 'BP1501'],
    ['{ type: ssh-sensor, name: a, command: x, format: xml }', 'BP1105'],
    ['{ type: ssh-sensor, name: a, command: x, period: often }', 'BP1106'],
    ['{ type: ssh-sensor, name: a, command: x, onlyIfServiceUp: perhaps }', 'BP1102'],
    ['{ type: ssh-sensor, name: a, command: x, env: [b] }', 'BP1102'],
    ['{ type: ssh-sensor, name: a, command: x, triggers: [{ entity: x }] }', 'BP1106'],
    ['{ type: ssh-sensor, name: a, command: x, triggers: [5] }', 'BP1106'],
    ['{ type: ssh-sensor, name: a, command: x, triggers: { entity: nobody, sensor: b } }', 'BP1203'],
    ['{ type: ssh-sensor, name: a, command: x, triggers: nothing.known }', 'BP1204'],
    ['{ type: ssh-sensor, name: a, command: x, condition: { sensor: b, equls: 1 } }', 'BP1242'],
    ['{ type: http-sensor, name: a }', 'BP1104'],
    ['{ type: duration-since-sensor }', 'BP1104'],
    ['{ type: duration-since-sensor, name: a, period: 1 parsec }', 'BP1106'],
    ['{ type: create-password-sensor, name: a, password.length: 0 }', 'BP1231'],
    ['{ type: create-password-sensor, name: a, password.length: long }', 'BP1231'],
    [
      '{ type: create-password-sensor, name: a, password.length: 1, password.character.groups: [a, b] }',
      'BP1231',
    ],
    ['{ type: create-password-sensor, name: a, password.chars: "" }', 'BP1231'],
    [
      '{ type: create-password-sensor, name: a, password.chars: ab, password.character.groups: [a] }',
      'BP1231',
    ],
    ['{ type: org.apache.brooklyn.core.sensor.function.FunctionSensor, name: a }', 'BP1230'],
    ['{ type: org.apache.brooklyn.feed.jmx.JmxAttributeSensor, name: a }', 'BP1230'],
    ['{ type: winrm-command-sensor, name: a }', 'BP1230'],
    ['{ type: static-sensor, name: a, static.value: $brooklyn:cnfig("b") }', 'BP1302'],
    ['a', 'BP1102'],
  ])('%s is told once, as %s', (written, code) => {
    expect(codes(`brooklyn.initializers: [${written}]`)).toEqual([code])
  })
})

describe('tags', () => {
  it.each<[string, readonly unknown[]]>([
    ['[one, two]', ['one', 'two']],
    ['[{ a: { b: 1 } }]', [{ a: { b: 1 } }]],
    ['[1, true]', [1, true]],
    ['[]', []],
  ])('%s are plain values', (written, tags) => {
    expect(entity(`brooklyn.tags: ${written}`).tags).toEqual(tags)
  })

  it.each(['[$brooklyn:config("a")]', '[{ a: $brooklyn:config("b") }]', '[[$brooklyn:config("b")]]'])(
    '%s hold no expression',
    (written) => {
      expect(codes(`brooklyn.tags: ${written}`)).toEqual(['BP1308'])
    },
  )
})

describe('one application in another', () => {
  const root = (...lines: readonly string[]): EntitySpec => {
    const text = [
      'name: Shop',
      ...lines,
      'services:',
      '- type: application',
      '  name: inner',
      '  brooklyn.children: [{ type: entity }]',
      '',
    ]
    const result = compileText(text.join('\n'))
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    return result.spec.root
  }

  it.each<[string, readonly string[]]>([
    ['nothing else', []],
    ['a place', ['location: local']],
    ['a description', ['description: of it']],
  ])('is that one where the outer one adds %s', (_name, lines) => {
    expect(root(...lines).children.map(({ type }) => type)).toEqual(['entity'])
  })

  it.each<[string, readonly string[]]>([
    ['config', ['brooklyn.config: { a: 1 }']],
    ['parameters', ['brooklyn.parameters: [a]']],
    ['policies', ['brooklyn.policies: [{ type: restart }]']],
    ['initializers', ['brooklyn.initializers: [{ type: static-sensor, name: a, static.value: 1 }]']],
    ['tags', ['brooklyn.tags: [a]']],
    ['children', ['brooklyn.children: [{ type: entity }]']],
  ])('stays in the outer one where that adds %s', (_name, lines) => {
    expect(root(...lines).children.map(({ type }) => type)).toContain('application')
  })
})
