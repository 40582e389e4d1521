import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../engine/index.js'
import { WEB, sensorReading } from '../../support/policy-bench.js'
import {
  counts,
  faults,
  lastCount,
  load,
  rules,
  running,
  scaler,
  tell,
} from '../../support/autoscale-bench.js'

const CPU = { sensor: 'cpu', lower: 30, upper: 60 }
const QUEUE = { sensor: 'queue', from: 'self', measures: 'total', lower: 50, upper: 100 }

const both = (config: JsonObject = {}) => scaler({ metrics: { cpu: CPU, queue: QUEUE }, ...config })

describe('an autoscaler by several metrics', () => {
  it('has as many as the one needs that needs the most', () => {
    const policy = both()
    running(policy, 3)
    tell(policy, 150, 500, 'queue')
    load(policy, 3, 100, 1_000, 'cpu')
    expect(counts(policy)).toEqual([[1_000, 5]])
    tell(policy, 690, 2_000, 'queue')
    expect(lastCount(policy)).toBe(7)
    expect(policy.intents('scale').at(-1)?.intent.reason).toContain('queue is 690')
  })

  it('takes members away only where all agree, and only as many', () => {
    const policy = both()
    running(policy, 6)
    load(policy, 6, 10, 1_000, 'cpu')
    tell(policy, 400, 1_500, 'queue')
    expect(counts(policy)).toEqual([])
    tell(policy, 200, 2_000, 'queue')
    expect(counts(policy)).toEqual([[2_000, 4]])
  })

  it('adds members by what it is sure of, and takes none away, while one of them is in doubt', () => {
    const policy = both()
    running(policy, 4)
    load(policy, 4, 10, 1_000, 'cpu')
    expect(counts(policy)).toEqual([])
    expect(rules(policy)).toContain('missing-reading')
    load(policy, 4, 90, 2_000, 'cpu')
    expect(counts(policy).at(-1)).toEqual([2_000, 6])
  })

  it('has as many as are right for not knowing, or more where what is sure asks for it', () => {
    const patient = { cpu: { ...CPU, staleAfter: '5 min' }, queue: QUEUE }
    const policy = both({ metrics: patient, fallback: 5, fallbackAfter: '1 min', scaleOutAfter: '1h' })
    running(policy, 4)
    load(policy, 4, 90, 1_000, 'cpu')
    policy.passUntil(61_000)
    expect(lastCount(policy)).toBe(6)
  })

  it('decides the same when it is restarted between any two readings', () => {
    const drive = (restarts: boolean): unknown => {
      const policy = scaler({ metrics: { cpu: CPU, queue: QUEUE } }, WEB, { restarts })
      running(policy, 4)
      for (let at = 1_000; at < 60_000; at += 1_000) {
        load(policy, 4, (at / 700) % 100, at, 'cpu')
        tell(policy, (at * 7) % 900, at, 'queue')
      }
      return policy.asked
    }
    expect(drive(true)).toEqual(drive(false))
  })

  it.each<[Json, readonly string[]]>([
    ['cpu', ['/metrics']],
    [{}, ['/metrics']],
    [{ cpu: 5 }, ['/metrics/cpu']],
    [{ cpu: { sensor: 'cpu' } }, ['/metrics/cpu/lower', '/metrics/cpu/upper']],
    [{ cpu: { ...CPU, lower: 70 } }, ['/metrics/cpu/lower']],
    [{ cpu: { ...CPU, target: 5 } }, ['/metrics/cpu/lower']],
    [{ cpu: { ...CPU, coverage: 2 } }, ['/metrics/cpu/coverage']],
    [{ cpu: { ...CPU, measures: 'total' } }, ['/metrics/cpu/measures']],
    [{ cpu: { ...CPU, upper: Number.NaN } }, ['/metrics/cpu/upper']],
    [JSON.parse('{ "__proto__": { "target": 5 } }') as Json, ['/metrics/__proto__']],
  ])('is refused with %j', (metrics, pointers) => {
    expect(faults({ metrics })).toEqual(pointers)
  })

  it('is refused with a sensor of its own beside them', () => {
    expect(faults({ metrics: { cpu: CPU }, sensor: 'load' })).toEqual(['/sensor'])
  })
})

describe('an autoscaler by all that there is to do', () => {
  it('divides it by what each may have', () => {
    const policy = scaler({ sensor: 'queue', from: 'self', measures: 'total', target: 100 })
    running(policy, 2)
    tell(policy, 730, 1_000, 'queue')
    expect(counts(policy)).toEqual([[1_000, 8]])
    running(policy, 8, 2_000)
    expect(counts(policy)).toHaveLength(1 + 6)
    tell(policy, 730, 3_000, 'queue')
    expect(counts(policy)).toHaveLength(1 + 6)
  })
})

describe('an autoscaler by a formula', () => {
  const formula = (config: JsonObject = {}) =>
    scaler({
      readings: { cpu: { sensor: 'cpu' }, queue: { sensor: 'queue', of: 'self', staleAfter: '1 min' } },
      formula: 'max(cpu, queue / count)',
      target: 50,
      ...config,
    })

  it('keeps what it gives at the target', () => {
    const policy = formula()
    running(policy, 2)
    load(policy, 2, 40, 1_000, 'cpu')
    expect(rules(policy)).toContain('missing-reading')
    tell(policy, 300, 2_000, 'queue')
    expect(counts(policy)).toEqual([[2_000, 6]])
  })

  it('counts for those that were up when it was read, so that growth brings no load with it', () => {
    const policy = formula()
    running(policy, 2)
    load(policy, 2, 150, 1_000, 'cpu')
    tell(policy, 0, 1_000, 'queue')
    expect(lastCount(policy)).toBe(6)
    for (let number = 3; number <= 6; number += 1)
      policy.read(sensorReading(`web/${number}`, 150, 1_500, 'cpu'))
    running(policy, 6, 2_000)
    expect(lastCount(policy)).toBe(6)
  })

  it('holds where a value is stale or it gives nothing that can be believed', () => {
    const policy = formula({ formula: 'queue - 100' })
    running(policy, 2)
    tell(policy, 50, 1_000, 'queue')
    expect(rules(policy)).toContain('formula')
    tell(policy, 180, 2_000, 'queue')
    policy.passUntil(120_000)
    expect(rules(policy)).toContain('missing-reading')
  })

  it.each<[JsonObject, readonly string[]]>([
    [{ formula: 'cpu +' }, ['/formula']],
    [{ formula: 'cpu > 5' }, ['/formula']],
    [{ formula: 'memory' }, ['/formula']],
    [{ readings: { count: { sensor: 'x' } } }, ['/readings/count', '/formula']],
    [{ readings: { cpu: { sensor: 'cpu' }, queue: {} } }, ['/readings/queue/sensor', '/formula']],
    [{ readings: [] }, ['/readings', '/formula']],
  ])('is refused with %j', (config, pointers) => {
    const readings = { cpu: { sensor: 'cpu' }, queue: { sensor: 'queue', of: 'self' } }
    expect(faults({ readings, formula: 'max(cpu, queue)', target: 50, ...config })).toEqual(pointers)
  })
})
