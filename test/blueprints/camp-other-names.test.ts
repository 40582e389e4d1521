import { describe, expect, it } from 'vitest'
import { type Lines, at, errorsOf, resultOf, specOf } from './brooklyn/support.js'

const service = (type: string, ...lines: Lines): Lines => [
  'services:',
  `- type: ${type}`,
  ...lines.map((line) => `  ${line}`),
  '- type: entity',
]

describe('a type', () => {
  it.each<readonly [written: string, type: string]>([
    ['java:org.apache.brooklyn.entity.stock.BasicEntity', 'entity'],
    ['brooklyn.entity.basic.BasicEntity', 'entity'],
    ['brooklyn.entity.basic.SameServerEntity', 'same-server'],
    ['java:brooklyn.entity.basic.SameServerEntity', 'same-server'],
    ['brooklyn.entity.webapp.jboss.JBoss7Server', 'JBoss7Server'],
    ['brooklyn.entity.nosql.riak.RiakNode', 'RiakNode'],
    ['chef:mysql', 'ChefEntity'],
  ])('is found by another name: %s', (written, type) => {
    expect(at(specOf(service(written)), 0).type).toBe(type)
  })

  it.each([
    'brooklyn.BasicEntity.',
    'brooklyn.entity.basic.Nothing',
    'BasicEntity.java',
    'chef:',
    'brooklyn.a.b',
  ])('is not found by %s', (written) => {
    expect(errorsOf(service(`"${written}"`))).toEqual(['BP1205@2'])
  })

  it('of a machine with Windows is told to be one, and not another one to be meant', () => {
    const result = resultOf(service('org.apache.brooklyn.entity.software.base.EmptyWindowsProcess'))
    const [problem] = result.kind === 'problems' ? result.problems : []
    expect([problem?.code, problem?.hint, problem?.fix]).toEqual([
      'BP1205',
      'no machine with Windows can be had here; write it as software on one with a shell',
      undefined,
    ])
  })
})

it('policies and enrichers are found by the names that they had before they moved', () => {
  const [restarter, detector] = ['policies', 'enrichers'].map((kind) => {
    const type = kind === 'policies' ? 'ServiceRestarter' : 'ServiceFailureDetector'
    return specOf(service('entity', `brooklyn.${kind}: [{ type: brooklyn.policy.ha.${type} }]`)).root
      .children[0]
  })
  expect(restarter?.policies[0]?.acts).toMatchObject({ type: 'restart-reported' })
  expect(detector?.enrichers[0]?.acts).toMatchObject({ type: 'failure-detector' })
})

describe('what configures machines by tools of its own', () => {
  it.each<readonly [what: string, type: string, lines: Lines]>([
    [
      'Salt',
      'org.apache.brooklyn.entity.cm.salt.SaltEntity',
      ['formulas: ["http://far/f.tgz"]', 'start_states: [web]', 'pillarUrls: ["http://far/p.tgz"]'],
    ],
    [
      'Chef',
      'chef:web',
      [
        'cookbook_urls: { web: "http://far/w.tgz" }',
        'launch_run_list: ["web::server"]',
        'pid_file: /run/w.pid',
      ],
    ],
    [
      'Ansible',
      'org.apache.brooklyn.entity.cm.ansible.AnsibleEntity',
      ['playbook: web', 'playbook.url: "http://far/w.yaml"', 'ansible.service.checkPort: 80'],
    ],
  ])('is known with its keys: %s', (_what, type, lines) => {
    expect(errorsOf(service(type, ...lines))).toEqual([])
    expect(errorsOf(service(type, 'nothing_of_the_kind: 1'))).toEqual(['BP1103@3'])
  })
})
