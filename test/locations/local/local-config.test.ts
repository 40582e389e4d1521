import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import { localConfig } from '../../../locations/local/local-config.js'

const DEFAULTS = { root: '/somewhere', path: '/bin' }

describe('the configuration of a local location', () => {
  it('has a default for everything', () => {
    expect(localConfig({}, DEFAULTS)).toEqual({
      root: '/somewhere',
      addresses: { from: '127.77.0.1', to: '127.77.255.254' },
      path: '/bin',
      ports: { from: 20_000, to: 29_999 },
      host: '127.0.0.1',
      machines: 200,
      logs: { limit: 10_485_760, keep: 3 },
      timeout: 30_000,
      observePeriod: 1000,
    })
  })

  it.each<[string, JsonObject]>([
    ['root', { root: 'relative' }],
    ['root', { root: '/a/../b' }],
    ['ports', { ports: { from: 2, to: 1 } }],
    ['ports', { ports: { from: 1, to: 70_000 } }],
    ['ports', { ports: [1, 2] }],
    ['host', { host: '' }],
    ['machines', { machines: 0 }],
    ['logs', { logs: { limit: 0, keep: 1 } }],
    ['logs', { logs: { limit: 1 } }],
    ['timeout', { timeout: 1.5 }],
    ['nonsense', { nonsense: true }],
  ])('names a fault in %s', (key, config) => {
    expect(() => localConfig(config, DEFAULTS)).toThrow(new RegExp(`local location: ${key}: `))
  })

  it('names all faults at once', () => {
    expect(() => localConfig({ host: 1, machines: -1, other: 2 }, DEFAULTS)).toThrow(
      /host:.*machines:.*other:/,
    )
  })
})
