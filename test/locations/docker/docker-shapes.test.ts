import { describe, expect, it } from 'vitest'
import { Secret, type MachineShape, type ResourceWant } from '../../../engine/index.js'
import { dockerConfig } from '../../../locations/docker/docker-config.js'
import { DIRECTORY, planContainer, portsOf } from '../../../locations/docker/docker-shapes.js'
import { fits } from '../../../locations/docker/docker-capacity.js'

const config = dockerConfig({
  image: 'base',
  offerings: { small: { cores: 1, memory: 512 } },
  publishHost: '10.0.0.1',
})
const nothing = { networks: [], volumes: [] }

describe('the container of a machine', () => {
  it('carries all the marks of its owner as labels', () => {
    const { spec } = planned()
    expect(spec.Labels).toEqual({
      'weir.engine': 'e1',
      'weir.application': 'shop',
      'weir.entity': 'web/1',
      'weir.incarnation': '3',
      'weir.digest': 'd1',
      'weir.token': 't1',
      'weir.generation': '7',
      'weir.ports': '{}',
      'weir.software': 'false',
    })
  })

  it('is never restarted by the docker engine, and its log does not grow for ever', () => {
    expect(planned().spec.HostConfig).toMatchObject({
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    })
  })

  it('takes its own image before that of the location', () => {
    expect(planned({ image: 'nginx:1.27' }).spec.Image).toBe('nginx:1.27')
    expect(planned().spec.Image).toBe('base')
  })

  it('publishes what is to be published on a port that the docker engine chooses', () => {
    const ports = [
      { name: 'http', number: 80, protocol: 'tcp', published: true },
      { name: 'peer', number: 81, protocol: 'udp', published: false },
    ] as const
    const { spec } = planned({ ports })
    expect(spec.ExposedPorts).toEqual({ '80/tcp': {}, '81/udp': {} })
    expect(spec.HostConfig.PortBindings).toEqual({ '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '0' }] })
    expect(spec.Env).toEqual(['PORT_HTTP=80', 'PORT_PEER=81'])
  })

  it('chooses a number for a port without one, unlike all others, and the same each time', () => {
    const port = (name: string, number?: number) =>
      ({ name, protocol: 'tcp', published: false, ...(number === undefined ? {} : { number }) }) as const
    const ports = [port('a'), port('b', 20_000), port('c')]
    expect(portsOf(shape({ ports }))).toEqual({ a: '20001/tcp', b: '20000/tcp', c: '20002/tcp' })
  })

  it('reveals secrets to the docker engine only in its environment', () => {
    const { spec } = planned({ environment: { KEY: new Secret('key', 'clear') } })
    expect(spec.Env).toEqual(['KEY=clear'])
    expect(JSON.stringify({ ...spec, Env: [] })).not.toContain('clear')
  })

  it('joins its first network at creation under all of its names, and the others before its start', () => {
    const plan = planContainer(
      want({ hostname: 'web-1', aliases: ['web', 'web-1'] }),
      shape({ hostname: 'web-1', aliases: ['web', 'web-1'] }),
      { networks: ['n1', 'n2', 'n3'], volumes: [] },
      config,
    )
    expect(plan).toMatchObject({
      spec: {
        HostConfig: { NetworkMode: 'n1' },
        NetworkingConfig: { EndpointsConfig: { n1: { Aliases: ['web', 'web-1'] } } },
      },
      further: ['n2', 'n3'],
    })
  })

  it('mounts volumes by the names under which the docker engine knows them', () => {
    const volumes = [{ token: 't', brought: false, path: '/data' }]
    const plan = planContainer(
      want({ volumes }),
      shape({ volumes }),
      { networks: [], volumes: ['v1'] },
      config,
    )
    expect(plan).toMatchObject({
      spec: { HostConfig: { Mounts: [{ Type: 'volume', Source: 'v1', Target: '/data' }] } },
    })
  })

  it('mounts a volume with a relative path in the run directory of the software', () => {
    const given = { hostsSoftware: true, volumes: [{ token: 't', brought: false, path: 'data' }] }
    const plan = planContainer(want(given), shape(given), { networks: [], volumes: ['v1'] }, config)
    expect(plan).toMatchObject({
      spec: { HostConfig: { Mounts: [{ Source: 'v1', Target: `${DIRECTORY.run}/data` }] } },
    })
  })

  it.each([
    { given: {}, limits: { PidsLimit: 4096 } },
    { given: { offering: 'small' }, limits: { NanoCpus: 1e9, Memory: 512, PidsLimit: 4096 } },
    { given: { offering: 'small', memory: 1024 }, limits: { NanoCpus: 1e9, Memory: 1024 } },
    { given: { cores: 0.25 }, limits: { NanoCpus: 250_000_000 } },
  ])('is limited by its own words, then its offering, then the location: $given', ({ given, limits }) => {
    expect(planned(given).spec.HostConfig).toMatchObject(limits)
  })

  it('waits under an init process where it is to host software', () => {
    const { spec } = planned({ hostsSoftware: true })
    expect(spec.HostConfig.Init).toBe(true)
    expect(spec.Entrypoint?.slice(0, 2)).toEqual(['/bin/sh', '-c'])
    expect(spec.Env).toEqual(['RUN_DIR=/weir/run', 'INSTALL_DIR=/weir/install'])
    expect(spec.Labels['weir.software']).toBe('true')
  })

  it('translates what people may set without danger', () => {
    const { spec } = planned({
      options: {
        user: '1000:1000',
        workingDirectory: '/srv',
        entrypoint: ['/entry'],
        readOnly: true,
        tmpfs: { '/tmp': 'size=1m' },
        dropCapabilities: ['ALL'],
        health: { command: 'true', period: 1000, timeout: 500, failures: 2, grace: 3000 },
      },
    })
    expect(spec).toMatchObject({
      User: '1000:1000',
      WorkingDir: '/srv',
      Entrypoint: ['/entry'],
      Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 1e9, Timeout: 5e8, Retries: 2, StartPeriod: 3e9 },
      HostConfig: { ReadonlyRootfs: true, Tmpfs: { '/tmp': 'size=1m' }, CapDrop: ['ALL'] },
    })
  })

  it.each<{ readonly given: Partial<MachineShape>; readonly cause: string; readonly says: RegExp }>([
    { given: { userData: '#cloud-config' }, cause: 'unsupported', says: /user data/ },
    { given: { offering: 'huge' }, cause: 'invalid', says: /no offering huge here; known are: small/ },
    { given: { image: '../../etc' }, cause: 'invalid', says: /no image can be called/ },
    { given: { image: 'a/../b' }, cause: 'invalid', says: /no image can be called/ },
    { given: { hostsSoftware: true, command: ['x'] }, cause: 'unsupported', says: /no command of its own/ },
    { given: { hostsSoftware: true, options: { user: 'x' } }, cause: 'unsupported', says: /option user/ },
    {
      given: { volumes: [{ token: 't', brought: false, path: '/' }] },
      cause: 'invalid',
      says: /cannot be put at \//,
    },
    { given: { volumes: [{ token: 't', brought: false, path: 'a' }] }, cause: 'invalid', says: /absolute/ },
    {
      given: { hostsSoftware: true, volumes: [{ token: 't', brought: false, path: 'a/../..' }] },
      cause: 'invalid',
      says: /cannot be put at/,
    },
    { given: { options: { tmpfs: { tmp: '' } } }, cause: 'invalid', says: /tmpfs: expected a map/ },
    { given: { options: { health: { comand: 'x' } } }, cause: 'invalid', says: /health: expected/ },
    { given: { options: { binds: ['/a/../b:/c'] } }, cause: 'invalid', says: /binds: expected/ },
    { given: { options: { devices: ['/etc/passwd'] } }, cause: 'invalid', says: /devices: expected/ },
    { given: { options: { pid: 'container:x' } }, cause: 'invalid', says: /pid: expected 'host'/ },
  ])('is refused with the reason: $given', ({ given, cause, says }) => {
    const plan = planContainer(want(given), shape(given), nothing, config)
    expect(plan).toMatchObject({ kind: 'refused', failure: { cause, retry: 'never' } })
    expect(JSON.stringify(plan)).toMatch(says)
  })

  it('is refused where neither it nor the location names an image', () => {
    expect(planContainer(want(), shape(), nothing, dockerConfig({}))).toMatchObject({
      kind: 'refused',
      failure: { cause: 'invalid' },
    })
  })
})

describe('the capacity of a docker engine', () => {
  const info = { NCPU: 2, MemTotal: 1000, Driver: 'overlay2', OperatingSystem: 'Debian' }

  it.each([
    { wants: [{}, {}], fit: 2 },
    { wants: [{ cores: 2 }, { cores: 2 }], fit: 2 },
    { wants: [{}, { cores: 3 }, {}], fit: 1 },
    { wants: [{ memory: 600 }, { memory: 400 }, { memory: 1 }], fit: 2 },
    { wants: [{ offering: 'small' }, { offering: 'small' }], fit: 1 },
  ])('holds so many of $wants: $fit', ({ wants, fit }) => {
    expect(
      fits(
        wants.map((one) => shape(one)),
        info,
        config,
      ),
    ).toMatchObject({ fits: fit })
  })
})

function planned(given: Partial<MachineShape> = {}) {
  const plan = planContainer(want(given), shape(given), nothing, config)
  if (plan.kind === 'refused') throw new Error(plan.failure.message)
  return plan
}

function want(given: Partial<MachineShape> = {}): ResourceWant {
  const marks = { engine: 'e1', application: 'shop', entity: 'web/1', incarnation: 3, digest: 'd1' }
  return { token: 't1', name: 'shop-web-1', marks, generation: 7, shape: shape(given) }
}

function shape(given: Partial<MachineShape> = {}): MachineShape {
  return {
    kind: 'machine',
    environment: {},
    ports: [],
    hostname: 'host',
    aliases: [],
    networks: [],
    volumes: [],
    addresses: [],
    rules: [],
    hostsSoftware: false,
    options: {},
    ...given,
  }
}
