import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Accepted } from '../../server/api/index.js'
import type { Place } from './place.js'
import { openStage, type Stage } from './stage.js'
import { Visitors } from './visitors.js'

/** Visits in a second that three members serve with ease, and that seven still notice. */
const PACE = 40
/** All that may be left in the data folder. */
const STORE_AND_LOGS = [
  'locations.json',
  'seal.key',
  'server.json',
  'token',
  'weir.db',
  'weir.db-shm',
  'weir.db-wal',
  'weir.log',
]
/** Visits in a second that need more than three members. */
const RUSH = 260

/**
 * The life of the corner shop at a place, from its deployment to its end, through the command line and REST. Its acts
 * build on each other. What is told of it is compared with the golden file.
 */
export function shopStory(place: Place, golden: string): void {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage(place)
  })
  afterAll(async () => {
    await stage.close()
  })

  it('deploys the shop and serves its page at one address', async () => {
    const { documents, transcript } = stage
    transcript.act('deploy')
    await stage.command('validate', documents.first)
    await stage.command('plan', documents.first)
    await stage.command('deploy', documents.first, '--wait', '--timeout', '120s')
    await stage.deployed()
    await stage.tell('deploy', 'running')
    await stage.command('status', 'corner-shop')
    const page = await stage.page()
    expect(page).toMatchObject({ status: 200, servedBy: expect.stringMatching(/^web-[123]$/) })
    expect(page.body).toContain('You were served by')
    expect((await stage.running()).size).toBe(5)
    await stage.openDoors(PACE)
  })

  it('brings back a member that is killed from outside', async () => {
    const { transcript, shop } = stage
    transcript.act('a web member is killed from outside')
    await stage.eventually('its policy sees the visitors', async () => (await loadOf(stage)) > 10)
    const before = await stage.running()
    const victim = machineOf(before, 'web-2')
    await place.kill(shop, victim)
    const states = (): readonly string[] =>
      stage.news.filter(({ type, entity }) => type === 'entity' && entity === 'web/2').map(({ text }) => text)
    await stage.eventually('the killed member runs again', async () => {
      const hasFailed = states().some((text) => text.startsWith('failed: run 1 '))
      return hasFailed && states().at(-1) === 'running: running' && (await stage.running()).size === 5
    })
    expect(stage.news.map(({ text }) => text)).toContain('running (degraded)')
    await settled(stage)
    stage.tellNews(false)
    const after = await stage.running()
    expect(after.get(victim)).not.toBe(before.get(victim))
    expect(new Map([...after, [victim, '']])).toEqual(new Map([...before, [victim, '']]))
    transcript.note('the killed member runs again, on its machine; the others were left alone')
  })

  it('grows under load and shrinks when it is over', async () => {
    const { weir, transcript, shop } = stage
    transcript.act('load comes and goes')
    const rush = new Visitors((await weir.application()).endpoint, RUSH)
    await stage.eventually('more than three serve', async () => (await upOf(stage)) > 3)
    transcript.note('grown under load')
    expect(await rush.leave()).toEqual([])
    expect((await stage.closeDoors()).complaints).toEqual([])
    await stage.eventually('the fewest serve', async () => (await upOf(stage)) === 2)
    await stage.eventually('the rest is gone', async () => (await stage.running()).size === 4)
    transcript.note('shrunk to the fewest when it was over')
    const { body } = await weir.rest('GET', `/applications/${shop.application}/decisions?limit=1000`)
    const reasons = body.items.filter(
      ({ kind, by }: { kind: string; by: string }) => kind === 'decided' && by.includes('autoscale'),
    )
    expect(reasons.map(({ reason }: { reason: string }) => reason)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('too high for 1 s'),
        expect.stringContaining('too low for 5 s'),
      ]),
    )
    await settled(stage)
    stage.tellNews(false)
  })

  it('scales by hand as asked, by command line and by REST', async () => {
    const { weir, transcript } = stage
    transcript.act('scaled by hand')
    await stage.openDoors(PACE)
    await stage.eventually('its policy sees the visitors', async () => (await loadOf(stage)) > 10)
    await stage.command('scale', 'corner-shop/web', '3', '--wait', '--timeout', '120s')
    await stage.tell('scale', 'running')
    await stage.command(
      'scale',
      'corner-shop/web',
      '7',
      '--wait',
      '--timeout',
      '120s',
      '--reason',
      'a fair in town',
    )
    await stage.tell('scale', 'running')
    await stage.command('status', 'corner-shop')
    expect((await stage.running()).size).toBe(9)
    const asked = { body: { count: 2 }, headers: { 'idempotency-key': 'fair-over' } }
    const path = '/applications/corner-shop/roles/web/scale'
    const accepted = await weir.rest('POST', path, asked)
    transcript.note(`POST ${path} {"count":2}: ${accepted.status}`)
    expect(accepted).toMatchObject({ status: 202, body: { application: { wish: 'running' } } })
    await stage.tell('scale', 'running')
    const again = await weir.rest('POST', path, asked)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect((again.body as Accepted).task?.id).toBe((accepted.body as Accepted).task?.id)
    await stage.eventually('two web members run', async () => (await stage.running()).size === 4)
  })

  it('replaces the members one after another when their document changes, and nobody notices', async () => {
    const { transcript } = stage
    transcript.act('updated with replacement')
    const before = await stage.running()
    await stage.command('plan', stage.documents.stocked, '--app', 'corner-shop')
    await stage.command('apply', stage.documents.stocked, '--wait', '--timeout', '120s', '--note', 'stocked')
    await stage.tell('update', 'running')
    await stage.eventually('four machines run', async () => (await stage.running()).size === 4)
    const after = await stage.running()
    expect(kept(before, after)).toEqual(['balancer', 'store'])
  })

  it('rolls back to the version before by the same way', async () => {
    const { transcript } = stage
    transcript.act('rolled back')
    const before = await stage.running()
    await stage.command('rollback', 'corner-shop', '1', '--wait', '--timeout', '120s')
    await stage.tell('rollback', 'running')
    await stage.command('versions', 'corner-shop')
    await stage.eventually('four machines run', async () => (await stage.running()).size === 4)
    expect(kept(before, await stage.running())).toEqual(['balancer', 'store'])
    const { served, complaints } = await stage.closeDoors()
    expect(complaints).toEqual([])
    expect(served).toBeGreaterThan(PACE)
  })

  it('stops and keeps its machines, and starts on them again', async () => {
    const { transcript } = stage
    transcript.act('stopped and started')
    const machines = (await stage.present()).filter((name) => !name.startsWith('process')).sort()
    const before = await stage.running()
    await stage.command('stop', 'corner-shop', '--wait', '--timeout', '120s')
    await stage.tell('stop', 'stopped')
    await stage.command('status', 'corner-shop')
    expect((await stage.running()).size).toBe(0)
    expect([...(await stage.present())].sort()).toEqual(machines)
    await stage.command('start', 'corner-shop', '--wait', '--timeout', '120s')
    await stage.tell('start', 'running')
    const after = await stage.running()
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
    expect([...after.values()]).not.toEqual(expect.arrayContaining([...before.values()]))
    expect(await stage.page()).toMatchObject({ status: 200 })
  })

  it('is destroyed without a trace but its tombstone', async () => {
    const { weir, transcript, shop } = stage
    transcript.act('destroyed')
    await stage.command('destroy', 'corner-shop', '--yes', '--wait', '--timeout', '120s')
    await stage.tell('remove', 'destroyed')
    expect(await stage.present()).toEqual([])
    expect(STORE_AND_LOGS).toEqual(expect.arrayContaining([...filesOf(shop.data)]))
    await stage.command('status')
    await stage.command('orphans')
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/start'],
      ['POST', '/roles/web/scale'],
      ['DELETE', ''],
    ] as const) {
      const { status } = await weir.rest(
        method,
        `/applications/${shop.application}${path}`,
        method === 'POST' ? { body: path === '/start' ? {} : { count: 3 } } : {},
      )
      transcript.note(`${method} /applications/ID${path}: ${status}`)
    }
  })

  it('went as ever', async () => {
    await expect(stage.transcript.text()).toMatchFileSnapshot(golden)
  })
}

/** The machine of a member, by the member's name. */
function machineOf(running: ReadonlyMap<string, string>, member: string): string {
  const found = [...running.keys()].find((name) => name.startsWith(`corner-shop-${member}-`))
  if (found === undefined)
    throw new Error(`${member} does not run; there are ${[...running.keys()].join(', ')}`)
  return found
}

/** Roles whose processes are the same ones before and after. */
function kept(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const same = [...after].filter(([name, started]) => before.get(name) === started)
  return same.map(([name]) => /^corner-shop-([a-z]+)-/.exec(name)?.[1] ?? name).sort()
}

async function upOf(stage: Stage): Promise<number> {
  const { roles } = await stage.weir.application()
  return roles.find(({ name }) => name === 'web')?.up ?? 0
}

/** What the members of the front are asked for together, as far as their sensors know. */
async function loadOf(stage: Stage): Promise<number> {
  let load = 0
  for (const { path } of await stage.weir.members()) {
    const { body } = await stage.weir.rest(
      'GET',
      `/applications/corner-shop/entities/${encodeURIComponent(path)}/sensors`,
    )
    const sensors = body as readonly { readonly name: string; readonly value: unknown }[]
    load += Number(sensors.find(({ name }) => name === 'load')?.value ?? 0)
  }
  return load
}

/** Waits until nothing is going on any more, and until that was told. */
function settled(stage: Stage): Promise<void> {
  return stage.eventually('the shop runs, and nothing is amiss', async () => {
    const { state, degraded, generation, observedGeneration } = await stage.weir.application()
    const last = stage.weir.events.findLast(({ type }) => type === 'application')
    const isTold = last?.text === 'running' && last.data['generation'] === generation
    return isTold && state === 'running' && !degraded && observedGeneration === generation
  })
}

/** Files below a folder, by their path from there. */
function filesOf(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}
