import { expect, it } from 'vitest'
import { literal } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { loadLevels } from '../../../server/proof/load-levels.js'
import { application, role } from '../../support/specs.js'

it('imagines loads about the thresholds of a policy, for the sensors that somebody tells', () => {
  const policy = { lower: literal(10), upper: literal(50) }
  const web = role('web', 2, {
    rules: { min: 1, max: 4 },
    policies: [
      { name: 'one', type: 'autoscale', config: { ...policy, sensor: literal('load') } },
      { name: 'other', type: 'autoscale', config: { ...policy, sensor: literal('untold') } },
    ],
    member: { sensors: [{ name: 'load', type: 'json', source: { kind: 'metric', metric: 'load' } }] },
  })
  expect(loadLevels(application([web]), stockKinds)).toEqual([
    { role: 'web', metric: 'load', calm: 60, most: 200, shifts: [8.5, 25.5, 57.5, 172.5] },
  ])
})
