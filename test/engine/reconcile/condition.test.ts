import { expect, it } from 'vitest'
import { indexSpec } from '../../../engine/entity/spec-tree.js'
import { required } from '../../../engine/index.js'
import { serviceOf } from '../../../engine/reconcile/facts/condition.js'
import { application, service } from '../../support/specs.js'

type Given = Parameters<typeof serviceOf>

it.each([
  [undefined, 'failed'],
  ['end-run', 'starting'],
  ['halt', 'starting'],
  ['stop-command', 'starting'],
  ['refresh', 'failed'],
])('takes a run that is seen to have ended, with the step %s open, for %s', (kind, expected) => {
  const node = required(indexSpec(application([service('web')])).at('web'), 'web')
  const step = kind === undefined ? {} : { step: { kind } }
  const incarnation = { token: 'm', run: { number: 1, token: 'r', stage: 'launched' }, ...step }
  const runs = [{ token: 'r', state: 'exited', exitCode: 143 }]
  const observed = { resources: [{ token: 'm', kind: 'machine', state: 'running', runs }] }
  const found = serviceOf(incarnation as unknown as Given[0], node, observed as unknown as Given[2])
  expect(found.kind).toBe(expected)
})
