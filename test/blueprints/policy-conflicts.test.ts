import { describe, expect, it } from 'vitest'
import { compile } from '../../blueprints/index.js'
import { policyTrials, stockKinds } from '../../policies/index.js'
import { shippedShapes } from '../../server/compose/shapes.js'

const trials = policyTrials(stockKinds)
const { types, adjuncts } = shippedShapes()

/** What is wrong with a document, each as code, line and message. */
function problemsOf(text: string): readonly string[] {
  const sources = { main: { file: 'shop.yaml', text }, files: {} }
  const known = { policyKinds: stockKinds, policyTrials: trials, types, adjuncts }
  const { problems = [] } = compile(sources, { parameters: {}, ...known }) as never as {
    problems?: readonly {
      code: string
      message: string
      severity: string
      range?: { start: { line: number } }
    }[]
  }
  return problems.map(({ code, message, range }) => `${code} at ${range?.start.line ?? 0}: ${message}`)
}

const role = (...policies: readonly string[]): string =>
  [
    'name: shop',
    'location: local',
    'roles:',
    '  - name: web',
    '    launch: serve',
    '    count: { initial: 1, min: 1, max: 6 }',
    '    sensors: { load: { http: "http://localhost/load", every: 10s } }',
    '    policies:',
    ...policies.map((line) => `      ${line}`),
  ].join('\n')

describe('two policies that decide the same', () => {
  it('are a problem at the second one, told once', () => {
    const two = role('- { type: replace }', '- { type: replace, name: again }')
    expect(problemsOf(two)).toEqual(['BP1603 at 10: "again" and "replace" both decide the replace'])
  })

  it('are a problem too where one acts for the policy of another product', () => {
    const brooklyn = [
      'name: cluster',
      'location: local',
      'services:',
      '- type: org.apache.brooklyn.entity.group.DynamicCluster',
      '  brooklyn.config:',
      '    initialSize: 1',
      '    dynamiccluster.memberspec: { $brooklyn:entitySpec: { type: vanilla, brooklyn.config: { launch.command: serve } } }',
      '  brooklyn.policies:',
      '  - type: org.apache.brooklyn.policy.autoscaling.AutoScalerPolicy',
      '    brooklyn.config: { metric: load, metricLowerBound: 10, metricUpperBound: 50, maxPoolSize: 4 }',
      '  - { type: autoscale, name: ours, sensor: load, lower: 10, upper: 50 }',
    ].join('\n')
    expect(problemsOf(brooklyn).filter((one) => one.startsWith('BP1603'))).toEqual([
      expect.stringMatching(/^BP1603 at 11: "ours" and ".*" both decide the count$/),
    ])
  })
})

describe('a policy of a blueprint that is tried', () => {
  const rules = (grow: string, shrink: string, window = ''): string =>
    role(
      '- type: rules',
      `  readings: { load: { sensor: load${window} } }`,
      '  rules:',
      `    - { name: grow, when: ${grow}, for: 10s, scale: count + 1 }`,
      `    - { name: shrink, when: ${shrink} && count > 1, for: 10s, scale: count - 1 }`,
    )

  it('is warned of where it goes to and fro at a load that never changes', () => {
    const [found, ...others] = problemsOf(rules('load > 50', 'load < 45'))
    expect(found).toMatch(/^BP1613 at 9: at a load of [\d.]+ that never changes it goes to and fro/)
    expect(others).toEqual([])
    expect(problemsOf(rules('load > 50', 'load < 10'))).toEqual([])
  })

  it('is at fault where its window is longer than what is kept of values that are told so often', () => {
    expect(problemsOf(rules('load > 50', 'load < 10', ', window: 2 days'))).toEqual([
      expect.stringMatching(/^BP1614 at 10: a window of 48 h is longer/),
    ])
  })

  it('is at fault where its bounds leave the role no number of members', () => {
    const bounded = rules('load > 50', 'load < 10').concat('\n        bounds: { min: 9 }')
    expect(problemsOf(bounded)).toEqual([expect.stringMatching(/^BP1616 at 14: never fewer than 9 members/)])
  })
})
