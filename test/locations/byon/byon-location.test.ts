import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallOptions, ResourceRef, ResourceWant } from '../../../engine/index.js'
import { openByon, slotsOf, type ByonHarness } from '../../support/byon-harness.js'

let ours: ByonHarness
beforeEach(async () => {
  ours = await openByon({ machines: 1, timeout: 10_000 })
})
afterEach(async () => {
  await ours.dispose()
})

const options: CallOptions = { signal: new AbortController().signal }
const marks = { engine: 'e', application: 'a', entity: 'web/1', incarnation: 1, digest: 'd' }

const want = (token: string): ResourceWant => ({
  token,
  name: `machine-${token}`,
  marks,
  generation: 1,
  shape: ours.machine(),
})
const ref = (token: string): ResourceRef => ({
  token,
  kind: 'machine',
  name: `machine-${token}`,
  generation: 1,
})

const ensure = async (token: string): Promise<string> => {
  const [answer] = await ours.location.ensure([want(token)], options)
  return answer?.kind === 'refused' ? answer.failure.cause : (answer?.kind ?? '')
}
const claimed = (): readonly number[] => ours.hosts.map(({ home }) => slotsOf(home).length)

describe('hosts of one’s own', () => {
  it('are claimed one after the other, and no more than there are', async () => {
    expect([await ensure('a'), await ensure('b'), await ensure('c')]).toEqual([
      'created',
      'created',
      'capacity',
    ])
    expect(claimed()).toEqual([1, 1])
    const { fits, reason } = await ours.location.capacity([ours.machine()], options)
    expect({ fits, reason }).toEqual({ fits: 0, reason: 'the hosts carry no more' })
    await ours.location.destroy([ref('a')], options)
    expect(await ensure('c')).toBe('created')
  })

  it('are given back with nothing left on them, whatever was made there', async () => {
    await ensure('a')
    await ours.location.start([ref('a')], options)
    const [home = ''] = ours.hosts.map((host) => host.home)
    const run = {
      token: 'r',
      digest: 'd',
      mode: 'service',
      generation: 1,
      label: 'launch',
      script: 'mkdir -p locked/inside; chmod 0 locked; (setsid sleep 3600 &) ; exec sleep 3600',
      environment: {},
      files: [],
      timeout: 0,
    } as const
    expect(await ours.location.run(ref('a'), run, options)).toMatchObject({ kind: 'started' })
    await expect.poll(() => existsSync(join(home, '.weir/machines/a/run/locked'))).toBe(true)
    expect(await ours.location.destroy([ref('a')], options)).toEqual([{ kind: 'done' }])
    expect(readdirSync(join(home, '.weir/machines'))).toEqual([])
    expect(readdirSync(join(home, '.weir/slots'))).toEqual([])
    expect(readdirSync(join(home, '.weir'))).toEqual(['machines', 'slots'])
  })

  it('that are silent do not keep others from being claimed', async () => {
    await ours.hosts[0]?.end()
    expect([await ensure('a'), await ensure('b')]).toEqual(['created', 'not-ready'])
    expect(claimed()).toEqual([0, 1])
  })

  it('that are silent leave unknown what is on them, and nothing else', async () => {
    await ensure('a')
    await ensure('b')
    await ours.hosts[0]?.end()
    const [a, b] = await ours.location.observe([ref('a'), ref('b')], options)
    expect(a).toBeUndefined()
    expect(b?.state).toBe('stopped')
    expect(await ours.location.destroy([ref('a')], options)).toMatchObject([{ kind: 'not-ready' }])
    expect(await ours.location.destroy([ref('b')], options)).toEqual([{ kind: 'done' }])
    // Whoever asks anew after a restart cannot know either: it may be on the one that is silent.
    const again = ours.reopen()
    expect(await again.observe([ref('a')], options)).toEqual([undefined])
    await again.close()
  })

  it('are found again after a restart, by token', async () => {
    await ensure('a')
    await ensure('b')
    const again = ours.reopen()
    const states = await again.observe([ref('b'), ref('a')], options)
    expect(states.map((state) => [state?.token, state?.marks])).toEqual([
      ['b', marks],
      ['a', marks],
    ])
    await again.close()
  })

  it('keep what is in no record of ours, and count it', async () => {
    const [host] = ours.hosts
    mkdirSync(join(host?.home ?? '', '.weir/slots'), { recursive: true })
    writeFileSync(join(host?.home ?? '', '.weir/slots/1'), 'somebody\n{"__proto__": {"kind": "machine"}}\n')
    expect([await ensure('a'), await ensure('b')]).toEqual(['created', 'capacity'])
    expect(claimed()).toEqual([1, 1])
  })
})
