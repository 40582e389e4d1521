import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  type EntitySpec,
  type HostLossRule,
  type JsonObject,
  type MembersSpec,
} from '../../../engine/index.js'
import { replace, restart } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by, type HarnessOptions } from '../../support/engine-harness.js'
import { application, machine, role, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const SECOND = 1_000
const MINUTE = 60 * SECOND
/** Until a machine counts as lost, by default. */
const LOST = 2 * MINUTE
/** A round of looks and its jitter. */
const PERIOD = 5_600

interface Ruled {
  readonly rules?: Partial<MembersSpec>
  readonly zones?: readonly string[]
  readonly locations?: readonly string[]
  readonly lostAfter?: number
}

function placed(rule: HostLossRule | undefined, { zones = [], locations = [], lostAfter }: Ruled = {}) {
  return {
    locations,
    zones,
    ...(rule === undefined ? {} : { onHostLost: rule }),
    ...(lostAfter === undefined ? {} : { lostAfter }),
  }
}

/** Three web servers, under a rule for lost hosts. */
function web(rule: HostLossRule | undefined, ruled: Ruled = {}): EntitySpec {
  return role('web', 3, { placement: placed(rule, ruled), rules: ruled.rules ?? {} })
}

async function open(spec: readonly EntitySpec[], options: HarnessOptions = {}): Promise<void> {
  bench = await EngineHarness.open(options)
  await bench.deploy(application(spec))
  expect(bench.shop).toMatchObject({ state: 'running', degraded: false })
}

function why(path: string): string {
  const { summary, waits, next } = accepted(bench.engine.why(ann, 'shop', path))
  return [summary, ...waits, ...next].join('\n')
}

/** Machines that are on at a place, seen or not, by entity. */
async function running(place = 'sim'): Promise<readonly string[]> {
  const entries = await bench.place(place).inventory()
  return entries
    .filter((entry) => entry.kind === 'machine' && entry.state === 'running')
    .map((entry) => entry.marks?.entity ?? '')
    .sort()
}

const BUSY = new Set(['ensure', 'start', 'stop', 'destroy', 'fence', 'run', 'endRun', 'copy'])

/** What was commanded since a time. */
function commandsSince(at: number): readonly string[] {
  return bench.calls.filter((call) => call.at >= at && BUSY.has(call.verb)).map((call) => call.verb)
}

/** Names of the machines that were asked for. */
function machinesMade(): readonly string[] {
  return bench.callsOf('ensure').filter((name) => name.includes('-web-'))
}

describe('a machine that is not seen', () => {
  it('is shown with its age, and still counts as up until it is lost', async () => {
    await open([web(undefined)])
    await bench.place().loseHost(bench.token('web/1'))
    await bench.settle(30 * SECOND)
    expect(bench.entity('web/1')).toMatchObject({
      state: 'running',
      up: true,
      problems: [expect.stringMatching(/^its machine at sim has not been seen since 20\d\d-/)],
    })
    expect(why('web/1')).toMatch(/has not been seen since \S+, \d\d s ago; in \d\d s it counts as lost/)
    expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
  })

  it('costs no record for a look or two that go astray', async () => {
    await open([web(undefined)])
    const before = bench.engine.health().revision
    bench.place().arm({ verbs: ['observe'], name: '*-web-1-*', effect: 'lost-before', times: 1 })
    await bench.settle(3 * MINUTE)
    expect(bench.engine.health().revision).toBe(before)
  })

  it('costs no record for each look: one when it is noted, one when it is lost, one when it is back', async () => {
    await open([web(undefined)])
    const seen: number[] = []
    bench.store.watch(bench.engine.health().revision).subscribe((event) => {
      if (event.kind === 'commit') seen.push(bench.clock.now())
    })
    await bench.place().loseHost(bench.token('web/1'), 30 * MINUTE)
    await bench.settle(29 * MINUTE)
    expect(seen.length).toBeLessThanOrEqual(3)
    await bench.settle(5 * MINUTE)
    expect(seen.length).toBeLessThanOrEqual(6)
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false, alerts: [] })
  })

  it('is never lost for one look that went astray, however soon it may count as lost', async () => {
    await open([web('recreate', { lostAfter: 0 })])
    bench.place().arm({ verbs: ['observe'], name: '*-web-1-*', effect: 'lost-before', times: 1 })
    await bench.settle(MINUTE)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 1 })
    await bench.place().loseHost(bench.token('web/1'))
    await bench.settle(3 * PERIOD)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2 })
  })

  it('counts as lost sooner where the document says so', async () => {
    await open([web('wait', { lostAfter: 20 * SECOND })])
    await bench.place().loseHost(bench.token('web/1'))
    await bench.settle(20 * SECOND + 2 * PERIOD)
    expect(bench.entity('web/1')).toMatchObject({ state: 'failed', up: false })
  })
})

describe('under wait, which holds where nothing is said,', () => {
  it('a lost machine is told and kept, and goes on when it is seen again as if nothing had been', async () => {
    await open([web(undefined)])
    const token = bench.token('web/1')
    const lostAt = bench.clock.now()
    await bench.place().loseHost(token, 20 * MINUTE)
    await bench.settle(LOST + 2 * PERIOD)
    expect(bench.entity('web/1')).toMatchObject({ state: 'failed', up: false, incarnation: 1 })
    expect(bench.shop).toMatchObject({ state: 'alert', roles: [{ present: 3, up: 2 }] })
    expect(bench.shop.alerts).toEqual([
      expect.stringMatching(/^web\/1: its machine at sim has not been seen since/),
    ])
    expect(why('web/1')).toMatch(/it is waited for \(onHostLost: wait\)/)
    await bench.settle(18 * MINUTE)
    expect(commandsSince(lostAt)).toEqual([])
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 1, run: 1 })
    expect(bench.token('web/1')).toBe(token)
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false, alerts: [] })
  })

  it('lost machines are told in one line for each place', async () => {
    await open([web(undefined, { zones: ['a', 'b'] })], { place: { zones: { a: {}, b: {} } } })
    await bench.place().loseHosts('a')
    await bench.settle(LOST + 2 * PERIOD)
    expect(bench.shop.alerts).toEqual([
      expect.stringMatching(/^web\/1, web\/3: its machine at sim\/a has not been seen since/),
    ])
  })

  it('a role below its quorum says so', async () => {
    const rules = { runningQuorum: { kind: 'number', count: 2 } } as const
    await open([web(undefined, { rules })])
    await bench.place().loseHost(bench.token('web/1'))
    await bench.place().loseHost(bench.token('web/2'))
    await bench.settle(LOST + 2 * PERIOD)
    expect(bench.entity('web')).toMatchObject({ up: false, state: 'failed', reason: '1 of 3 up' })
  })

  it('what was to be replaced meanwhile is replaced when it is seen again, and not before', async () => {
    await open([web(undefined)])
    await bench.place().loseHost(bench.token('web/1'), 20 * MINUTE)
    await bench.settle(LOST + 2 * PERIOD)
    const changed = role('web', 3, {
      placement: placed(undefined),
      member: { machine: machine({ cores: 2 }) },
    })
    await bench.after(bench.engine.update('shop', application([changed]), by), 5 * MINUTE)
    expect(bench.entity('web/1')).toMatchObject({ incarnation: 1, leaving: 0 })
    await bench.settle(15 * MINUTE)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2 })
    expect(await running()).toEqual(['web/1', 'web/2', 'web/3'])
  })

  it('a person who replaces it says that it does not run: another one is made, and it goes when it is seen', async () => {
    await open([
      web('wait', { rules: { max: 3, replacement: { order: 'old-first', surge: 0, unavailable: 1 } } }),
    ])
    await bench.place().loseHost(bench.token('web/1'), 10 * MINUTE)
    await bench.settle(LOST + 10 * SECOND)
    await bench.after(bench.engine.replace('shop', 'web/1', by), 10 * SECOND)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 1 })
    expect(await running()).toEqual(['web/1', 'web/1', 'web/2', 'web/3'])
    await bench.settle(10 * MINUTE)
    expect(await running()).toEqual(['web/1', 'web/2', 'web/3'])
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false })
  })

  it('the word of a person counts for one incarnation, and not for the next that is lost', async () => {
    await open([web('wait')])
    await bench.place().loseHost(bench.token('web/1'), 10 * MINUTE)
    await bench.settle(LOST + 10 * SECOND)
    await bench.after(bench.engine.replace('shop', 'web/1', by), 10 * SECOND)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2 })
    await bench.place().loseHost(bench.token('web/1'), 10 * MINUTE)
    await bench.settle(LOST + MINUTE)
    expect(bench.entity('web/1').incarnation).toBe(2)
    expect(why('web/1')).toContain('it is waited for (onHostLost: wait)')
  })

  it('another rule in the document helps at once', async () => {
    await open([web(undefined)])
    await bench.place().loseHost(bench.token('web/1'))
    await bench.settle(LOST + 2 * PERIOD)
    await bench.after(bench.engine.update('shop', application([web('recreate')]), by))
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 1 })
  })

  it('an application is removed only when the lost machine is seen again, and says what keeps it', async () => {
    await open([web(undefined)])
    await bench.place().loseHost(bench.token('web/1'), 20 * MINUTE)
    await bench.settle(LOST + 2 * PERIOD)
    await bench.after(bench.engine.remove('shop', by), 5 * MINUTE)
    expect(bench.shop.state).toBe('expunge')
    expect(bench.shop.alerts.join()).toContain('web/1')
    await bench.settle(20 * MINUTE)
    expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
    expect(await bench.inventory()).toEqual([])
  })
})

describe('under fence', () => {
  it('another one is made once the place has confirmed that the lost one does not run', async () => {
    await open([web('fence')])
    const token = bench.token('web/1')
    bench.place().arm({ verbs: ['fence'], effect: 'lost-before', times: 3 })
    await bench.place().loseHost(token, 30 * MINUTE)
    await bench.settle(LOST + PERIOD)
    expect(await running()).toEqual(['web/1', 'web/2', 'web/3'])
    expect(why('web/1')).toMatch(
      /incarnation 1: its machine at sim has not been seen since .*; it is fenced first/,
    )
    await bench.settle(MINUTE)
    const verbs = bench.calls
      .filter((call) => call.verb === 'fence' || call.verb === 'ensure')
      .map((call) => call.verb)
    expect(verbs.slice(-2)).toEqual(['fence', 'ensure'])
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 1 })
    expect(await running()).toEqual(['web/1', 'web/2', 'web/3'])
    await bench.settle(30 * MINUTE)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/3'])
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false, alerts: [] })
  })

  it('a place whose calls keep to a rate is asked to fence all the same', async () => {
    await open([web('fence')], { place: { rate: { tokens: 5, period: SECOND } } })
    await bench.place().loseHost(bench.token('web/1'))
    await bench.settle(LOST + MINUTE)
    expect(bench.callsOf('fence')).toHaveLength(1)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 1 })
  })

  it('a place that cannot fence is asked to remove it, and another one is made when that is confirmed', async () => {
    await open([web('fence')], { place: { fences: false } })
    await bench.place().loseHost(bench.token('web/1'), 10 * MINUTE)
    await bench.settle(8 * MINUTE)
    expect(bench.callsOf('destroy').length).toBeGreaterThan(1)
    expect(bench.entity('web/1')).toMatchObject({ up: false, leaving: 1 })
    expect(await running()).toEqual(['web/1', 'web/2', 'web/3'])
    await bench.settle(5 * MINUTE)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/3'])
  })

  it('a volume goes to the next machine, which no other one can write to', async () => {
    const volumes = [{ name: 'data', path: '/data' }]
    await open([service('db', { volumes, placement: placed('fence') })])
    await bench.place().loseHost(bench.token('db'))
    await bench.settle(LOST + MINUTE)
    expect(bench.entity('db')).toMatchObject({ state: 'running', incarnation: 2, leaving: 1 })
    expect(await running()).toEqual(['db'])
  })

  it('nobody is fenced while the whole place gives no answer and cannot fence by other means', async () => {
    await open([web('fence')], { place: { fences: false } })
    const at = bench.clock.now()
    await bench.place().cutOff(20 * MINUTE)
    await bench.settle(15 * MINUTE)
    expect(commandsSince(at)).toEqual([])
    expect(why('web/1')).toMatch(
      /location sim has given no answer since .*; nobody there can be asked to fence it/,
    )
    await bench.settle(10 * MINUTE)
    expect(bench.tree).toEqual({ 'web/1': 'running', 'web/2': 'running', 'web/3': 'running' })
    expect(bench.entity('web/1')).toMatchObject({ incarnation: 1 })
  })
})

describe('under recreate', () => {
  it('another one is made at once, and the lost one goes within a period of its return', async () => {
    await open([web('recreate')])
    await bench.place().loseHost(bench.token('web/1'), 10 * MINUTE)
    await bench.settle(LOST + 3 * PERIOD)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 1 })
    expect(await running()).toEqual(['web/1', 'web/1', 'web/2', 'web/3'])
    expect(why('web/1')).toMatch(
      /incarnation 1: its machine at sim has not .*; it is removed as soon as it is seen/,
    )
    expect(bench.callsOf('destroy')).toEqual([])
    const back = 10 * MINUTE - LOST - 3 * PERIOD
    await bench.settle(back + PERIOD)
    expect(await running()).toEqual(['web/1', 'web/2', 'web/3'])
    await bench.settle(SECOND)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false, alerts: [] })
  })

  it('alerts of what may still be running when its grace is over', async () => {
    await open([web('recreate')])
    await bench.place().loseHost(bench.token('web/1'))
    await bench.settle(LOST + MINUTE)
    expect(bench.shop).toMatchObject({ state: 'running', degraded: true, alerts: [] })
    await bench.settle(3 * MINUTE)
    expect(bench.shop).toMatchObject({ state: 'alert', roles: [{ up: 3 }] })
    expect(bench.shop.alerts).toEqual([
      expect.stringMatching(/^web\/1: to be removed as soon as it is seen: its machine at sim has not been/),
    ])
  })

  it('a site other than the lost one is tried first', async () => {
    const place: JsonObject = { zones: { a: {}, b: {} } }
    await open([web('recreate', { zones: ['a', 'b'] })], { place })
    await bench.place().loseHosts('a')
    await bench.settle(LOST + 3 * PERIOD)
    const entries = await bench.place().inventory()
    const second = entries.filter((entry) => entry.marks?.incarnation === 2)
    expect(second.map((entry) => entry.marks?.entity).sort()).toEqual(['web/1', 'web/3'])
    for (const entry of second) expect(bench.token(entry.marks?.entity ?? '')).toBe(entry.token)
    expect(machinesMade()).toHaveLength(5)
  })

  it('counts against max and surge: of two that are lost one waits, and goes on when it is back', async () => {
    await open([web('recreate', { rules: { max: 3 } })])
    await bench.place().loseHost(bench.token('web/1'), 30 * MINUTE)
    await bench.place().loseHost(bench.token('web/2'), 10 * MINUTE)
    await bench.settle(LOST + MINUTE)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 1 })
    expect(bench.entity('web/2')).toMatchObject({ up: false, incarnation: 1, leaving: 0 })
    expect(why('web/2')).toContain('4 incarnations of web exist; 4 are allowed')
    await bench.settle(10 * MINUTE)
    expect(bench.entity('web/2')).toMatchObject({ state: 'running', incarnation: 1 })
    await bench.settle(20 * MINUTE)
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/3'])
    expect(bench.life.most.get('web')).toBe(4)
  })

  it.each<[string, Partial<EntitySpec>]>([
    ['a volume', { volumes: [{ name: 'data', path: '/data' }] }],
    ['an address', { addresses: [{ name: 'main' }] }],
  ])('a machine with %s is waited for, since it may be using it', async (_what, own) => {
    await open([service('db', { ...own, placement: placed('recreate') })])
    await bench.place().loseHost(bench.token('db'), 20 * MINUTE)
    await bench.settle(15 * MINUTE)
    expect(bench.entity('db')).toMatchObject({ up: false, incarnation: 1, leaving: 0 })
    expect(why('db')).toContain('it may be using its volume or address, which another one would need')
    await bench.settle(10 * MINUTE)
    expect(bench.entity('db')).toMatchObject({ state: 'running', incarnation: 1, run: 1 })
  })

  it('the members of a lost location are made in another one, told in one line, and gone when it is back', async () => {
    const two = web('recreate', { locations: ['a', 'b'] })
    await open([two], { places: { a: {}, b: {} } })
    await bench.place('a').cutOff(30 * MINUTE)
    await bench.settle(LOST + MINUTE)
    expect(await running('b')).toEqual(['web/1', 'web/2', 'web/3'])
    expect(why('web/1')).toMatch(/incarnation 1: location a has given no answer since/)
    await bench.settle(10 * MINUTE)
    expect(bench.shop.alerts).toEqual([
      expect.stringMatching(
        /^web\/1, web\/2, web\/3: to be removed .*: location a has given no answer since/,
      ),
    ])
    await bench.settle(20 * MINUTE)
    expect(await running('a')).toEqual([])
    expect(await running('b')).toEqual(['web/1', 'web/2', 'web/3'])
    expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
  })

  it('the members of the only location are waited for', async () => {
    await open([web('recreate')])
    await bench.place().cutOff(20 * MINUTE)
    await bench.settle(15 * MINUTE)
    expect(bench.shop.alerts).toEqual([
      expect.stringMatching(/^web\/1, web\/2, web\/3: location sim has given no answer since/),
    ])
    expect(why('web/2')).toContain('there is no other location for it')
    await bench.settle(10 * MINUTE)
    for (const path of ['web/1', 'web/2', 'web/3'])
      expect(bench.entity(path)).toMatchObject({ state: 'running', incarnation: 1 })
  })

  it('a plan tells what it does about the lost, and of those that are waited for nothing', async () => {
    await open([web('recreate', { rules: { max: 3 } })])
    await bench.place().loseHost(bench.token('web/1'))
    await bench.place().loseHost(bench.token('web/2'))
    await bench.settle(LOST + MINUTE)
    const planned = async (rule: HostLossRule) =>
      accepted(
        await bench.engine.plan(application([web(rule, { rules: { max: 3 } })]), {
          ...by,
          application: 'shop',
        }),
      ).steps.map(({ action, entity, reason }) => [action, entity, reason.replace(/since .*/, 'since')])
    expect(await planned('recreate')).toEqual([
      ['replace', 'web/2', 'its machine at sim has not been seen since'],
    ])
    expect(await planned('wait')).toEqual([])
  })
})

it('no policy takes a machine for sick that is only not seen', async () => {
  const policies = [
    { name: 'swap', type: 'replace', config: { unhealthyFor: literal(30 * SECOND) } },
    { name: 'keep', type: 'restart', config: {} },
  ]
  const health = { command: literal('true'), period: SECOND, timeout: SECOND, failures: 3, grace: 0 }
  await open([role('web', 3, { member: { policies, health } })], { policyKinds: [replace, restart] })
  const at = bench.clock.now()
  await bench.place().loseHost(bench.token('web/1'), 20 * MINUTE)
  await bench.settle(30 * SECOND)
  expect(bench.entity('web/1')).toMatchObject({
    up: false,
    reason: expect.stringContaining('has not been seen since') as string,
  })
  await bench.settle(18 * MINUTE)
  expect(commandsSince(at)).toEqual([])
  await bench.settle(5 * MINUTE)
  expect(bench.entity('web/1')).toMatchObject({ state: 'running', up: true, incarnation: 1, run: 1 })
})

describe('a restart of the engine', () => {
  it('does not begin the wait for a lost machine anew', async () => {
    await open([web('recreate')])
    await bench.place().loseHost(bench.token('web/1'))
    await bench.settle(90 * SECOND)
    await bench.restart()
    await bench.settle(LOST - 90 * SECOND + 3 * PERIOD)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 1 })
  })

  it('after a long time takes nothing for lost that it has not looked for', async () => {
    await open([web('recreate')])
    await bench.place().loseHost(bench.token('web/1'), 5 * MINUTE)
    await bench.settle(MINUTE)
    await bench.engine.close()
    await bench.clock.settle(20 * MINUTE)
    await bench.restart()
    await bench.settle(MINUTE)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 1, problems: [] })
  })

  it.each([0, 15, 121, 125, 130, 140, 400])('%i s after a loss changes nothing of its end', async (after) => {
    await open([web('fence')])
    await bench.place().loseHost(bench.token('web/1'), 10 * MINUTE)
    await bench.settle(after * SECOND)
    await bench.restart()
    await bench.settle(10 * MINUTE - after * SECOND)
    await bench.restart()
    await bench.settle(2 * MINUTE)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/3'])
    expect(machinesMade()).toHaveLength(4)
  })
})
