import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../engine/index.js'
import { yamlDataReader } from '../../blueprints/index.js'
import { EngineHarness, accepted, ann, by } from '../support/engine-harness.js'
import { compileText, problemsOf, services } from './support/documents.js'

const initializer = (type: string, ...lines: readonly string[]): string =>
  services(
    '- type: entity',
    '  name: group',
    '  brooklyn.initializers:',
    `  - type: ${type}`,
    '    brooklyn.config:',
    '      name: it',
    ...lines.map((line) => `      ${line}`),
  )

async function shopWith(text: string): Promise<EngineHarness> {
  const result = compileText(text)
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  const shop = await EngineHarness.open({ engine: { data: yamlDataReader() } })
  await shop.deploy(result.spec, 5_000)
  return shop
}

const pathIn = (shop: EngineHarness): string =>
  shop.engine.entity(ann, 'shop', 'group').kind === 'accepted' ? 'group' : ''

/** What the effector gives, or how it fails. */
async function given(text: string, parameters: JsonObject = {}): Promise<unknown> {
  const shop = await shopWith(text)
  const path = pathIn(shop)
  const { id } = accepted(await shop.engine.invoke('shop', path, { effector: 'it', parameters }, by))
  await shop.settle(400_000)
  const run = accepted(shop.engine.runs.list(ann, 'shop', path)).find(({ task }) => task === id)
  await shop.close()
  return run?.state === 'succeeded' ? run.output : run?.error?.message
}

const effector = (...lines: readonly string[]): string =>
  initializer('org.apache.brooklyn.tasks.kubectl.ContainerEffector', 'image: tool', ...lines)

describe('an effector that runs a container', () => {
  it.each([
    ['its command', ['command: [sh, -c, echo hello]'], 'hello\n'],
    ['its command by the older name', ['commands: [echo, hello]'], 'hello\n'],
    ['its command with arguments', ['command: [echo, hello]', 'args: [you, 2]'], 'hello you 2\n'],
    ['arguments for its image', ['args: [echo, hello]'], 'hello\n'],
    ['a script', ['bashScript: echo hello'], 'hello\n'],
    ['lines of a script', ['bashScript: [echo hello, echo you]'], 'hello\nyou\n'],
    ['environment', ['bashScript: printenv WHO', 'shell.env: { WHO: me }'], 'me\n'],
    ['a script that fails', ['bashScript: exit 2'], 'exit code 2'],
    ['a script that may fail', ['bashScript: echo a; exit 2', 'requireExitCodeZero: false'], 'a\n'],
    ['a script that takes too long', ['bashScript: sleep 30', 'timeout: 5s'], 'its time is up'],
    ['a script that takes longer than they may', ['bashScript: sleep 301'], 'its time is up'],
    [
      'at another place',
      ['bashScript: echo a', 'location: quay'],
      'location quay is not there: name one of sim',
    ],
  ])('runs %s', async (_what, lines, expected) => {
    expect(await given(effector(...lines))).toBe(expected)
  })

  it('is called with parameters: settings count from them, others are its environment', async () => {
    const text = effector('bashScript: printenv WHO', 'parameters: { WHO: { default: you }, bashScript: {} }')
    expect(await given(text)).toBe('you\n')
    expect(await given(text, { WHO: 'me' })).toBe('me\n')
    expect(await given(text, { bashScript: 'echo else' })).toBe('else\n')
  })

  it.each([
    ['volumes: [{ name: data }]', 'BP1243 error'],
    ['volumeMounts: [{ name: data, mountPath: /data }]', 'BP1243 error'],
    ['keepContainerForDebugging: true', 'BP1241 warning'],
    ['imagePullPolicy: Somtimes', 'BP1105 error'],
    ['imagePullPolcy: Always', 'BP1103 error'],
  ])('has %s told', (line, expected) => {
    const problems = problemsOf(effector('bashScript: ls', line))
    expect(problems.map(({ code, severity }) => `${code} ${severity}`)).toEqual([expected])
  })

  it('says what it runs once', () => {
    expect(problemsOf(effector('bashScript: ls', 'command: [ls]')).map(({ code }) => code)).toEqual([
      'BP1109',
    ])
    expect(problemsOf(initializer('container-effector', 'command: [ls]')).map(({ code }) => code)).toEqual([
      'BP1104',
    ])
  })
})

const sensor = (...lines: readonly string[]): string =>
  initializer('container-sensor', 'image: tool', ...lines)

async function valueOf(text: string, ms = 0): Promise<unknown> {
  const shop = await shopWith(text)
  await shop.settle(ms)
  const value = accepted(shop.engine.sensors(ann, 'shop', pathIn(shop))).find(
    ({ name }) => name === 'it',
  )?.value
  await shop.close()
  return value
}

describe('a sensor that runs a container', () => {
  it.each([
    ['a text, without whitespace around it', ['bashScript: echo hello'], 'hello'],
    ['a number', ['bashScript: echo 12', 'sensorType: integer'], 12],
    ['yes or no', ['bashScript: echo true', 'sensorType: boolean'], true],
    ['data where it is that', ['bashScript: "echo \'{a: [1]}\'"', 'format: yaml'], { a: [1] }],
    ['data where any is asked for', ['bashScript: "echo \'{a: 1}\'"', 'sensorType: map'], { a: 1 }],
    ['a value for what fails', ['bashScript: exit 1', 'value.on.error: none'], 'none'],
    [
      'nothing while its condition does not hold',
      ['bashScript: echo a', 'condition: { sensor: ready, equals: true }'],
      undefined,
    ],
    [
      'a value where its condition holds',
      ['bashScript: echo a', 'condition: { config: size, when: absent }'],
      'a',
    ],
  ])('has %s', async (_what, lines, expected) => {
    expect(await valueOf(sensor(...lines))).toEqual(expected)
  })

  it.each([
    ['each period', ['period: 60s'], 3],
    ['each five minutes where nothing is said', [], 1],
    ['not at first', ['period: 60s', 'skip_initial_run: true'], 2],
  ])('is run %s', async (_what, lines, times) => {
    const shop = await shopWith(sensor('bashScript: echo a', ...lines))
    await shop.settle(125_000)
    const made = (await shop.place().inventory()).filter(
      ({ kind, marks }) => kind === 'machine' && marks?.incarnation === 0,
    )
    expect(made).toHaveLength(times)
    expect(made.every(({ state }) => state === 'absent')).toBe(true)
    await shop.close()
  })
})
