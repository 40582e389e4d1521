import { expect, it } from 'vitest'
import { autoscale, replace, restart, rules, stockKinds, stockPolicies } from '../../policies/index.js'
import { policyContract } from '../contract/policy-contract.js'
import { stockKind } from '../support/stock-kind.js'

policyContract(autoscale, { lower: 10, upper: 50, scaleInAfter: '10s' })
policyContract(autoscale, {
  metrics: {
    load: {
      sensor: 'load',
      steps: [
        { above: 50, add: '50%' },
        { below: 10, remove: 1 },
      ],
    },
    queue: { sensor: 'load', from: 'self', measures: 'total', target: 100, staleAfter: '1h' },
  },
  ...{ ratesOut: [{ count: 2, per: '30s' }], ratesIn: [{ percent: 10, per: '1 min' }], warmUp: '5s' },
  ...{ forecast: { mode: 'both', season: '10 min', bucket: '1 min' }, excess: 'short', noRoomAfter: '2s' },
})
policyContract(restart, { attempts: 2 })
policyContract(replace, { afterFailures: 1, unhealthyFor: '2s' })

policyContract(stockKind('supervise'), { strategy: 'one-for-all' })
policyContract(rules, {
  readings: { load: { sensor: 'load' } },
  rules: [
    { name: 'grow', when: 'load > 50.0', scale: 'count + 1.0', call: 'tell', arguments: { load: 'load' } },
  ],
})
policyContract(stockKind('supervise'), { strategy: 'rest-for-one', act: 'replace' })
policyContract(stockKind('dependent-scale'), { follow: 'web/1', sensor: 'load', ratio: 0.05 })
policyContract(stockKind('conditional-suspend'), {
  policies: 'restart',
  sensor: 'load',
  from: 'web/1',
  when: 'value > 100.0',
})
policyContract(stockKind('schedule-effector'), { effector: 'tidy', cron: '* * * * *' })
policyContract(stockKind('periodic-effector'), { effector: 'tidy', period: '20s', start: 'none' })
policyContract(stockKind('on-sensor'), {
  effector: 'reload',
  sensor: 'load',
  from: 'members',
  when: 'value > 100.0',
})
policyContract(stockKind('on-membership'), { onJoined: 'welcome', onLeft: 'forget', passAs: 'member' })
policyContract(stockKind('elect-primary'), {
  promote: 'promote',
  demote: 'demote',
  weight: 'load',
  mode: 'best',
})

it('comes with kinds of which each has its own type and says what it is for', () => {
  const types = stockPolicies.map(({ type }) => type)
  expect(new Set(types).size).toBe(types.length)
  for (const { description } of stockKinds) expect(description).toMatch(/^[A-Z].{20}/)
})
