import { describe, expect, it } from 'vitest'
import type { EntitySpec, Expression } from '../../engine/index.js'
import { Running, SETTABLE } from './brooklyn/running.js'
import { compileText, problemsOf, services } from './support/documents.js'

/** A process with these lines in its config. */
function process(...config: readonly string[]): string {
  return services(
    '- type: VanillaSoftwareProcess',
    '  id: one',
    '  brooklyn.config:',
    ...['install.command: get', 'customize.command: tune', 'launch.command: run', ...config].map(
      (line) => `    ${line}`,
    ),
    '- { type: entity }',
  )
}

function entityOf(text: string): EntitySpec {
  const result = compileText(text)
  const [one] = result.kind === 'compiled' ? result.spec.root.children : []
  if (one === undefined) throw new Error(JSON.stringify(result))
  return one
}

const phasesOf = (text: string): readonly string[] => Object.keys(entityOf(text).software?.phases ?? {})

describe('a software process', () => {
  it.each<[config: string, phases: readonly string[]]>([
    ['skip.install: false', ['customize', 'install', 'launch']],
    ['skip.install: true', ['customize', 'launch']],
    ['skip.install: "TRUE"', ['customize', 'launch']],
    ['skip.start: true', []],
    ['checkRunning.command: look', ['check', 'customize', 'install', 'launch']],
    ['{ checkRunning.command: look, sshMonitoring.enabled: false }', ['customize', 'install', 'launch']],
  ])('with %s goes through these phases', (config, phases) => {
    const lines = config.startsWith('{') ? config.slice(2, -2).split(', ') : [config]
    expect([...phasesOf(process(...lines))].sort()).toEqual(phases)
  })

  it.each<[key: string]>([
    ['softwareProcess.maxSensorRebindDelay: 5s'],
    ['metrics.usage.retrieve: true'],
    ['openIptables: true'],
    ['stopIptables: true'],
    ['dontRequireTtyForSudo: true'],
    ['effector.add.openInboundPorts: true'],
    ['onbox.base.dir.skipResolution: true'],
  ])('says why %s has no effect', (key) => {
    const found = problemsOf(process(key))
    expect(found.map(({ code, severity, range }) => `${severity} ${code}@${range?.start.line}`)).toEqual([
      'warning BP1241@10',
    ])
    expect(found[0]?.hint).not.toBe('')
  })

  it.each<[what: string, config: readonly string[], code: string]>([
    ['that is skipped for what is known later', ['skip.start: $brooklyn:config("x")'], 'BP1105'],
    ['that is skipped perhaps', ['skip.install: perhaps'], 'BP1105'],
    ['that is skipped while it runs, and nobody knows', ['skip.start.ifRunning: true'], 'BP1104'],
    [
      'whose children are started in a way that there is not',
      ['children.startable.mode: forground'],
      'BP1105',
    ],
    ['that waits for no time', ['start.timeout: soon'], 'BP1106'],
  ])('%s is a mistake', (_what, config, code) => {
    expect(problemsOf(process(...config)).map((one) => one.code)).toEqual([code])
  })

  it('waits as long for its checks to pass as it says, and asks as often', () => {
    const text = process('start.timeout: 90s', 'softwareProcess.serviceProcessIsRunningPollPeriod: 7s')
    expect(entityOf(text).health).toMatchObject({ grace: 90_000, period: 7_000 })
  })

  it('keeps its installations under their labels where a directory is named for them', () => {
    expect(entityOf(process('onbox.base.dir: /srv/box/')).software?.installDirectory).toBe(
      '/srv/box/installs/one',
    )
    expect(
      entityOf(process('onbox.base.dir: /srv/box', 'install.unique_label: a_1')).software?.installDirectory,
    ).toBe('/srv/box/installs/a_1')
    expect(
      entityOf(process('onbox.base.dir: /srv/box', 'install.dir: /opt/a')).software?.installDirectory,
    ).toBe('/opt/a')
  })

  it('fetches with the version in the address, and still knows the address as config', () => {
    const one = entityOf(
      process('install.version: "1.2"', 'download.url: "http://far/100%/a-${version}.tgz"'),
    )
    const version = { kind: 'config', of: { scope: 'self' }, key: 'install.version' }
    expect(one.software?.phases.install?.environment).toEqual({
      DOWNLOAD_URL: { kind: 'format', pattern: 'http://far/100%%/a-%s.tgz', arguments: [version] },
    })
    expect(Object.keys(one.config)).toContain('download.url')
  })

  it('runs what it fetched where no launch command is said', () => {
    const text = services(
      '- { type: VanillaSoftwareProcess, id: one, download.url: "http://far/a.tgz" }',
      '- { type: entity }',
    )
    expect(entityOf(text).software?.phases.launch?.command).toEqual({ kind: 'literal', value: './start.sh' })
  })

  it('touches no phase of who names neither the file of its process nor anything else of this', () => {
    const { install, launch } = entityOf(process()).software?.phases ?? {}
    expect([install?.before, install?.after, launch?.before, launch?.after]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it.each<[mode: string, gates: readonly string[], codes: readonly string[]]>([
    ['foreground', [], []],
    ['background', [], []],
    ['FOREGROUND_LATE', ['children.startable.mode'], []],
    ['background-late', ['children.startable.mode'], []],
    ['none', [], ['BP1241']],
  ])('starts its children %s', (mode, gates, codes) => {
    const text = services(
      '- type: VanillaSoftwareProcess',
      '  launch: run',
      `  brooklyn.config: { children.startable.mode: ${mode} }`,
      '  brooklyn.children: [{ type: software, launch: run }]',
      '- { type: entity }',
    )
    expect((entityOf(text).children[0]?.gates ?? []).map(({ name }) => name)).toEqual(gates)
    expect(problemsOf(text).map(({ code }) => code)).toEqual(codes)
  })

  it('is told that a file is named by an expression, where that stands', () => {
    const text = process('files.runtime: { $brooklyn:config("script"): run.sh }')
    expect(problemsOf(text).map(({ code, range }) => [code, range?.start.line])).toEqual([['BP1308', 10]])
  })

  it('has commands that are true and false, with quotes or without', () => {
    const { phases } =
      entityOf(process('pre.launch.command: true', 'checkRunning.command: false', 'stop.command: "true"'))
        .software ?? {}
    const commands = [phases?.launch?.before, phases?.check?.command, phases?.stop?.command]
    expect(commands.map(textOf)).toEqual(['true', 'false', 'true'])
  })

  it('makes nothing of a late child before it is up itself', async () => {
    const running = await Running.of([
      'name: shop',
      'location: sim',
      'services:',
      '- type: entity',
      '  id: held',
      ...SETTABLE.map((line) => `  ${line}`),
      '- type: VanillaSoftwareProcess',
      '  id: web',
      '  launch: run',
      '  latch.launch: $brooklyn:component("held").attributeWhenReady("myVal")',
      '  brooklyn.config: { children.startable.mode: background_late }',
      '  brooklyn.children: [{ type: software, id: logs, launch: run }]',
    ])
    expect(running.sensor('web/logs', 'host.name')).toBeUndefined()
    await running.give('held', 'go')
    await running.bench.settle(10_000)
    expect(['web', 'web/logs'].map((path) => running.sensor(path, 'service.isUp'))).toEqual([true, true])
    expect(running.sensor('web/logs', 'host.name')).toBe('web-logs')
    await running.close()
  })
})

describe('a service that leaves the id of its process', () => {
  const LEFT = 'post.launch.command: echo 1 > "$PID_FILE"'

  it('is up once its launch has ended, and has two minutes for that', () => {
    const { software, health } = entityOf(process(LEFT))
    expect(phasesOf(process(LEFT))).toContain('check')
    expect(textOf(software?.phases.launch?.before)).toMatch(/^rm -f .*\.launched/)
    expect(textOf(software?.phases.check?.before)).toMatch(/^ls .*\.launched/)
    expect(health).toMatchObject({ grace: 120_000, period: 5_000 })
  })

  it('names the file by its very name', () => {
    expect(phasesOf(process('post.launch.command: export RABBITMQ_PID_FILE=pid'))).not.toContain('check')
  })

  it('is asked by its own check after that', () => {
    const { software } = entityOf(process(LEFT, 'checkRunning.command: look'))
    expect(textOf(software?.phases.check?.before)).toMatch(/\.launched/)
    expect(textOf(software?.phases.check?.command)).toBe('look')
  })

  it('has the time that it says', () => {
    expect(entityOf(process(LEFT, 'start.timeout: 30s')).health).toMatchObject({ grace: 30_000 })
  })

  it('counts as launched where it runs already', () => {
    const asked = ['checkRunning.command: look', 'skip.start.ifRunning: true']
    expect(textOf(entityOf(process(LEFT, ...asked)).software?.phases.launch?.before)).toMatch(
      /^if sh -e -c 'look'.*\n {2}: > .*\.launched/,
    )
  })
})

const textOf = (expression: Expression | undefined): unknown =>
  expression?.kind === 'literal' ? expression.value : undefined
