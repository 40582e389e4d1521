import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import { dockerConfig } from '../../../locations/docker/docker-config.js'

describe('the configuration of a docker location', () => {
  it('has a default for everything', () => {
    expect(dockerConfig({})).toEqual({
      socketPath: '/var/run/docker.sock',
      pull: 'missing',
      pullWait: 5000,
      allow: [],
      publishHost: '127.0.0.1',
      endpointHost: '127.0.0.1',
      limits: { pids: 4096 },
      offerings: {},
      writable: [],
      timeout: 60_000,
      silence: 60_000,
      concurrency: 4,
      observePeriod: 5000,
    })
  })

  it('reaches what is published on all addresses by a host that can be reached', () => {
    expect(dockerConfig({ publishHost: '0.0.0.0' }).endpointHost).toBe('127.0.0.1')
    expect(dockerConfig({ publishHost: '10.1.2.3' }).endpointHost).toBe('10.1.2.3')
    expect(dockerConfig({ publishHost: '0.0.0.0', endpointHost: 'docker.example' }).endpointHost).toBe(
      'docker.example',
    )
  })

  it('keeps what is given', () => {
    const given = {
      image: 'debian:12',
      allow: ['privileged', 'devices:/dev/kvm'],
      limits: { cores: 2, memory: 1e9 },
      offerings: { small: { cores: 1 } },
      writable: ['/etc/app'],
    }
    expect(dockerConfig(given)).toMatchObject(given)
  })

  it.each<{ readonly config: JsonObject; readonly says: RegExp }>([
    {
      config: { socketPath: 'docker.sock' },
      says: /socketPath: expected an absolute path, found "docker.sock"/,
    },
    { config: { pull: 'always' }, says: /pull: expected 'missing' or 'never'/ },
    { config: { allow: ['everything'] }, says: /allow: expected a list of privileged, host-pid/ },
    { config: { allow: 'privileged' }, says: /allow:/ },
    { config: { limits: { cpu: 1 } }, says: /limits: expected \{cores, memory, pids\}/ },
    { config: { limits: { cores: 0 } }, says: /limits:/ },
    { config: { offerings: { small: 1 } }, says: /offerings:/ },
    { config: { writable: ['/etc/../root'] }, says: /writable:/ },
    { config: { timeout: 0 }, says: /timeout:/ },
    { config: { concurrency: 1.5 }, says: /concurrency:/ },
    { config: { socket: '/x' }, says: /socket: not known; known are socketPath, image/ },
  ])('is refused with the reason: $config', ({ config, says }) => {
    expect(() => dockerConfig(config)).toThrow(says)
  })

  it('names all faults at once, as the fault of the one who wrote it', () => {
    expect(() => dockerConfig({ timeout: -1, image: 7 })).toThrow(
      expect.objectContaining({
        record: {
          cause: 'invalid',
          retry: 'never',
          message: expect.stringMatching(/image: .*timeout: /) as string,
        },
      }) as Error,
    )
  })
})
