import { describe, expect, it } from 'vitest'
import type { ContainerFacts } from '../../../locations/docker/docker-client.js'
import { machineState, ownedMachine, ownedVolume } from '../../../locations/docker/docker-observe.js'

describe('the state of a container', () => {
  it.each([
    { status: 'created', state: 'stopped' },
    { status: 'running', state: 'running' },
    { status: 'paused', state: 'running', reason: 'paused' },
    { status: 'restarting', state: 'creating' },
    { status: 'exited', state: 'stopped', exitCode: 3 },
    { status: 'removing', state: 'failed', reason: 'removing' },
    { status: 'dead', state: 'failed', reason: 'dead', exitCode: 3 },
  ])('$status is $state', ({ status, ...expected }) => {
    const { state, reason, exitCode } = machineState(facts({ Status: status, ExitCode: 3 }), 'h')
    expect({ state, reason, exitCode }).toEqual({ reason: undefined, exitCode: undefined, ...expected })
  })

  it('tells why a start failed', () => {
    const failed = facts({ Status: 'created', ExitCode: 127, Error: 'no such file' })
    expect(machineState(failed, 'h')).toMatchObject({
      state: 'stopped',
      exitCode: 127,
      reason: 'no such file',
    })
  })

  it('tells that the kernel has ended it for want of memory', () => {
    const killed = facts({ Status: 'exited', ExitCode: 137, OOMKilled: true })
    expect(machineState(killed, 'h')).toMatchObject({
      exitCode: 137,
      reason: 'ended by the kernel: out of memory',
    })
  })

  it('is another instance after each start, and none before the first', () => {
    const never = machineState(facts({ StartedAt: '0001-01-01T00:00:00Z' }), 'h')
    const first = machineState(facts({ StartedAt: '2026-01-01T00:00:00.1Z' }), 'h')
    const second = machineState(facts({ StartedAt: '2026-01-01T00:00:00.2Z' }), 'h')
    expect(never.instance).toBeUndefined()
    expect(first.instance).not.toBe(second.instance)
  })

  it('has the marks of its owner, its ports by name and the address on its first network', () => {
    expect(machineState(facts({}), 'docker.example')).toMatchObject({
      token: 't1',
      marks: { engine: 'e1', application: 'shop', entity: 'web/1', incarnation: 3, digest: 'd1' },
      ports: {
        http: { inside: 80, outside: 32_768, host: 'docker.example' },
        peer: { inside: 81 },
      },
      address: '172.18.0.5',
      cores: 0.5,
      memory: 1024,
    })
  })

  it.each(['starting', 'healthy', 'unhealthy'] as const)('passes on that it is %s', (health) => {
    expect(machineState(facts({ Health: { Status: health } }), 'h').health).toBe(health)
  })

  it('has no health where none is checked', () => {
    expect(machineState(facts({ Health: { Status: 'none' } }), 'h')).not.toHaveProperty('health')
  })

  it.each(['{', '7', 'null', '{"http":7}'])(
    'has no ports where the label for them is not ours: %s',
    (label) => {
      const made = facts({})
      const Labels = { ...made.Config.Labels, 'weir.ports': label }
      expect(machineState({ ...made, Config: { ...made.Config, Labels } }, 'h').ports).toEqual({})
    },
  )
})

describe('what is owned', () => {
  it('is listed with its name and age, and without its environment', () => {
    const summary = {
      Id: 'c1',
      Names: ['/web'],
      Labels: facts({}).Config.Labels,
      State: 'exited',
      Created: 10,
    }
    expect(ownedMachine(summary)).toMatchObject({
      name: 'web',
      createdAt: 10_000,
      state: 'stopped',
      token: 't1',
    })
  })

  it('may be of unknown age', () => {
    expect(ownedVolume({ Name: 'v', Labels: null })).toEqual({
      token: '',
      kind: 'volume',
      state: 'running',
      id: 'v',
      name: 'v',
    })
  })
})

function facts(state: Partial<ContainerFacts['State']>): ContainerFacts {
  return {
    Id: '0123456789abcdef',
    Name: '/web',
    Created: '2026-01-01T00:00:00Z',
    State: {
      Status: 'running',
      ExitCode: 0,
      OOMKilled: false,
      Error: '',
      StartedAt: '2026-01-01T00:00:01Z',
      ...state,
    },
    Config: {
      Image: 'base',
      Labels: {
        'weir.engine': 'e1',
        'weir.application': 'shop',
        'weir.entity': 'web/1',
        'weir.incarnation': '3',
        'weir.digest': 'd1',
        'weir.token': 't1',
        'weir.ports': '{"http":"80/tcp","peer":"81/udp"}',
      },
    },
    HostConfig: { NetworkMode: 'n2', NanoCpus: 500_000_000, Memory: 1024 },
    NetworkSettings: {
      Ports: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '32768' }], '81/udp': null },
      Networks: {
        other: { NetworkID: 'n1', IPAddress: '172.17.0.5' },
        ours: { NetworkID: 'n2', IPAddress: '172.18.0.5' },
      },
    },
  }
}
