import { expect, it } from 'vitest'
import { autoscale, replace, restart, stockPolicies } from '../../policies/index.js'
import { policyContract } from '../contract/policy-contract.js'

policyContract(autoscale, { lower: 10, upper: 50, scaleInAfter: '10s' })
policyContract(restart, { attempts: 2 })
policyContract(replace, { afterFailures: 1, unhealthyFor: '2s' })

it('comes with four kinds, each under its own type', () => {
  expect(stockPolicies.map(({ type }) => type)).toEqual(['autoscale', 'replace', 'restart', 'rules'])
})
