import { describe, expect, it } from 'vitest'
import { stockPolicies } from '../../policies/index.js'
import { problemsOf } from './support/documents.js'

const shop = (policy: string): string => `
name: Shop
location: here
services:
  - type: software
    id: db
    launch.command: serve
    brooklyn.initializers:
      - { type: workflow-effector, name: backup, steps: [ log saved ] }
    brooklyn.policies:
      - { ${policy} }
`

const found = (policy: string) =>
  problemsOf(shop(policy), { policyKinds: stockPolicies, locations: ['here'] }).map(
    ({ code, hint, range }) => [code, hint, range?.start.line],
  )

describe('an effector that a policy calls', () => {
  it.each([
    'type: periodic-effector, effector: backup',
    'type: periodic-effector, effector: restart',
    'type: lease, of: "."',
    'type: on-sensor, sensor: x, effector: backup, of: source',
  ])('is known: %s', (policy) => {
    expect(found(policy)).toEqual([])
  })

  it.each([
    ['type: periodic-effector, effector: bakcup', 'BP1823', 'did you mean "backup"?'],
    ['type: on-elements, sensor: x, onAdded: bakcup', 'BP1823', 'did you mean "backup"?'],
    [
      'type: lease, effector: nothing-like-it',
      'BP1823',
      expect.stringMatching(/^there is backup, start, stop/) as string,
    ],
    ['type: periodic-effector, effector: backup, of: dbb', 'BP1203', 'did you mean "db"?'],
  ])('is told where nobody has it: %s', (policy, code, hint) => {
    expect(found(policy)).toEqual([[code, hint, 11]])
  })
})
