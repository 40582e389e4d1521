import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyNoBalancers, whyNoDocker } from '../../support/docker-images.js'
import { Load } from '../../support/load.js'
import { OURS, PoolStage, THEIRS, poolDocument } from './pool-stage.js'

const reason = (await whyNoDocker()) ?? whyNoBalancers()

/** The whole story goes up and down again and again, and under more of a load. */
const isFull = process.env['WEIR_POOL'] === 'all'
const ROUNDS = isFull ? 10 : 2
const PACE = isFull ? 300 : 120

describe.skipIf(reason !== undefined).each(['haproxy', 'nginx'] as const)(
  `web members behind %s in containers ${reason ?? ''}`,
  (by) => {
    let stage: PoolStage
    beforeAll(async () => {
      stage = await PoolStage.open()
      await stage.deploy(poolDocument(OURS[by], '- { type: restart }'))
    })
    afterAll(() => stage.close())

    it('go from four to six and back under load without a failed request', async () => {
      const load = new Load(await stage.address(), PACE)
      for (let round = 0; round < ROUNDS; round += 1) {
        await stage.command('scale', 'pool/web', '6', '--wait', '--timeout', '120s')
        expect(await stage.members()).toEqual({ up: 6, present: 6 })
        await stage.command('scale', 'pool/web', '4', '--wait', '--timeout', '120s')
        await stage.eventually('four are left', async () => (await stage.members()).present === 4)
      }
      const { served, failures, servedBy, p99 } = await load.end()
      process.stdout.write(`${by}: ${served} served, ${failures.length} failed, p99 ${p99} ms\n`)
      expect(failures.slice(0, 10)).toEqual([])
      expect(served).toBeGreaterThan(PACE * ROUNDS)
      expect(servedBy.size).toBeGreaterThanOrEqual(6)
    })
  },
)

const BY_POLICY = '- { type: balancer, of: door, effector: render, passAs: content, form: lines }'

describe.skipIf(reason !== undefined).each(['haproxy', 'nginx'] as const)(
  `a front end of %s that is somebody else's, in containers ${reason ?? ''}`,
  (by) => {
    let stage: PoolStage
    beforeAll(async () => {
      stage = await PoolStage.open()
      await stage.deploy(poolDocument(THEIRS[by], BY_POLICY))
    })
    afterAll(() => stage.close())

    it('has whoever is up as its back ends', async () => {
      const has = (count: number) => async (): Promise<boolean> =>
        (await stage.backEnds(THEIRS[by])) === count
      await stage.eventually('four are behind it', has(4))
      await stage.command('scale', 'pool/web', '6', '--wait', '--timeout', '120s')
      await stage.eventually('six are behind it', has(6))
      const load = new Load(await stage.address(), 60)
      await stage.eventually('all six serve', async () => load.report.servedBy.size === 6)
      expect((await load.end()).failures.slice(0, 10)).toEqual([])
      await stage.command('scale', 'pool/web', '4', '--wait', '--timeout', '120s')
      await stage.eventually('four are behind it again', has(4))
      expect(await stage.command('why', 'pool/door')).toMatch(/balancer decided .*there are 4 back ends/)
    })
  },
)

/** Requests in a second that are too many for five members, and too few for three. */
const [RUSH, CALM] = isFull ? [255, 21] : [85, 7]
const [UPPER, LOWER] = isFull ? [45, 12] : [15, 4]
const BY_RATE = `- { type: autoscale, name: by-rate, sensor: load, lower: ${LOWER}, upper: ${UPPER}, scaleOutAfter: 2s, scaleInAfter: 5s, cooldown: 2s }
- { type: restart }
- { type: replace, unhealthyFor: 3s }`

describe.skipIf(reason !== undefined)(
  `web members that look after themselves, in containers ${reason ?? ''}`,
  () => {
    let stage: PoolStage
    let load: Load | undefined
    beforeAll(async () => {
      stage = await PoolStage.open()
      await stage.deploy(poolDocument(OURS.haproxy, BY_RATE))
      load = new Load(await stage.address(), CALM)
    })
    afterAll(async () => {
      await load?.end()
      await stage.close()
    })

    it('go by the rate of requests, out and in again, and nobody who asks is failed', async () => {
      await stage.eventually('two are enough', async () => (await stage.members()).present === 2)
      load?.pace(RUSH)
      await stage.eventually('six serve', async () => (await stage.members()).up === 6)
      expect(await stage.command('why', 'pool/web')).toMatch(/by-rate.* decided .*too high for 2 s/)
      load?.pace(CALM)
      await stage.eventually('two are left', async () => (await stage.members()).present === 2)
      expect(await stage.command('why', 'pool/web')).toMatch(/by-rate.* decided .*too low for 5 s/)
      expect(load?.report.failures.slice(0, 10)).toEqual([])
    })

    it('are launched again where they were when they are killed', async () => {
      const [path = ''] = await stage.paths()
      const before = await stage.standing(path)
      await stage.signal(path, 'KILL')
      await stage.eventually('it serves again', async () => {
        const { run } = await stage.standing(path)
        return run > before.run && (await stage.isUp(path))
      })
      expect(await stage.standing(path)).toEqual({ ...before, run: before.run + 1 })
      expect(await stage.command('why', `pool/${path}`)).toMatch(/restart.* decided .*run 1/)
    })

    it('are replaced when they live and do not answer', async () => {
      const [path = ''] = await stage.paths()
      const before = await stage.standing(path)
      await stage.signal(path, 'STOP')
      await stage.eventually('another serves in its place', async () => {
        const { incarnation } = await stage.standing(path)
        return incarnation > before.incarnation && (await stage.isUp(path))
      })
      expect((await stage.standing(path)).container).not.toBe(before.container)
      expect(await stage.command('why', `pool/${path}`)).toMatch(
        /replace decided .*not healthy for 3 s although it runs/,
      )
    })
  },
)
