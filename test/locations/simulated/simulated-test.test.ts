import { describe, expect, it } from 'vitest'
import { externalLedger } from '../../../locations/simulated/index.js'
import { SystemClock } from '../../../server/system/index.js'
import { machineShape, openSimulation } from './simulated-harness.js'

const options = { signal: new AbortController().signal }

describe('the test of a simulated location', () => {
  it('says where its ledger is, and that it will be gone', async () => {
    expect(await openSimulation().location.test(options)).toEqual([
      { what: 'ledger', ok: true, detail: 'in this process, with 0 machines; gone when the server ends' },
    ])
  })

  it('says which zones are full, and what is scripted to go wrong', async () => {
    const zones = { a: { machines: 1, cores: 8 }, b: { machines: 2 }, c: {} }
    const script = { calls: [{ effect: 'lost-after', times: 1, verbs: ['stop'] }], events: [] }
    const { location } = openSimulation({ zones, script })
    const marks = { engine: 'e', application: 'a', entity: 'w', incarnation: 1, digest: 'd' }
    const shape = machineShape({ zone: 'a', cores: 2 })
    await location.ensure([{ token: 't', name: 'w', marks, generation: 1, shape }], options)
    expect((await location.test(options)).slice(1)).toEqual([
      {
        what: 'zone a',
        ok: false,
        detail: '1 of 1 machines, 2 of 8 cores: destroy some, or raise `zones`',
      },
      { what: 'zone b', ok: true, detail: '0 of 2 machines' },
      { what: 'zone c', ok: true, detail: 'no limit' },
      { what: 'script', ok: true, detail: 'bends what happens: 1 rules for calls, 0 events' },
    ])
  })

  it('says of a ledger that cannot be asked what to do about it, and nothing else', async () => {
    const ledger = { socket: '/tmp/weir-test-no-such-ledger.sock' }
    const far = externalLedger(ledger, { clock: new SystemClock(), timeout: 1000 })
    const lines = await openSimulation({ ledger, zones: { a: {} } }, far).location.test(options)
    expect(lines).toMatchObject([{ what: 'ledger', ok: false }])
    expect(lines[0]?.detail).toContain('start the ledger there, or set its address as `ledger`')
  })
})
