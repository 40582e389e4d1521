import { describe, expect, it } from 'vitest'
import { Failure, type JsonObject } from '../../../engine/index.js'
import { byonConfig } from '../../../locations/byon/byon-config.js'

const PIN = 'SHA256:abc'
const good: JsonObject = { hosts: ['10.0.0.1'], user: 'ada', key: 'the private key', hostKeys: [PIN] }

describe('the configuration of hosts of one’s own', () => {
  it('gives every key a default but the hosts', () => {
    const { hosts, ...rest } = byonConfig(good)
    expect(rest).toEqual({
      root: '',
      ports: { from: 20_000, to: 29_999 },
      timeout: 30_000,
      concurrency: 8,
      observePeriod: 5000,
    })
    expect(hosts).toMatchObject([
      {
        name: '10.0.0.1',
        machines: 1,
        zone: '',
        ssh: { address: '10.0.0.1', port: 22, user: 'ada', trust: { pins: [PIN], known: [] } },
      },
    ])
    expect(hosts[0]?.ssh.login.key?.reveal()).toBe('the private key')
  })

  it('lets a host say of itself what is said of all', () => {
    const { hosts } = byonConfig({
      ...good,
      port: 2200,
      zone: 'east',
      hosts: ['bob@10.0.0.{1,2}', { address: '10.0.0.3:22', machines: 4, zone: 'west', password: 'word' }],
    })
    expect(hosts.map(({ name, machines, zone, ssh }) => [name, ssh.user, machines, zone])).toEqual([
      ['10.0.0.1:2200', 'bob', 1, 'east'],
      ['10.0.0.2:2200', 'bob', 1, 'east'],
      ['10.0.0.3', 'ada', 4, 'west'],
    ])
    expect(hosts[2]?.ssh.login.password?.reveal()).toBe('word')
  })

  it('goes through another host, with what is said of the one behind it where nothing else is', () => {
    const via = { address: 'gate.example:2222', user: 'gate', hostKeys: ['SHA256:gate'] }
    const [host] = byonConfig({ ...good, via }).hosts
    expect(host?.ssh.via).toMatchObject({
      address: 'gate.example',
      port: 2222,
      user: 'gate',
      trust: { pins: ['SHA256:gate'] },
    })
    expect(host?.ssh.via?.login.key?.reveal()).toBe('the private key')
  })

  it.each<readonly [string, JsonObject, RegExp]>([
    ['no hosts', { ...good, hosts: [] }, /hosts: expected a list of hosts/],
    ['a host that is none', { ...good, hosts: ['a;b'] }, /hosts\[0\]: expected .* found the address "a;b"/],
    ['a host twice', { ...good, hosts: ['a', 'a'] }, /hosts: a is there twice/],
    ['nobody who logs in', { hosts: ['a'], hostKeys: [PIN] }, /hosts\[0\]: who logs in is not said/],
    ['no way to know it', { hosts: ['a'], user: 'ada' }, /give it hostKeys or knownHosts/],
    [
      'a file of known hosts that says nothing',
      { ...good, hostKeys: [], knownHosts: '# nobody' },
      /give it hostKeys/,
    ],
    [
      'a fingerprint of another kind',
      { ...good, hostKeys: ['MD5:00'] },
      /hostKeys: expected a list of fingerprints/,
    ],
    ['a key that is no text', { ...good, key: 7 }, /key: expected a secret/],
    ['no machine on a host', { ...good, machines: 0 }, /machines: expected a whole number/],
    ['a root that leads out', { ...good, root: '/srv/../etc' }, /root: expected an absolute path/],
    ['ports the wrong way round', { ...good, ports: { from: 9, to: 2 } }, /ports: expected \{from, to\}/],
    ['a key that is not known', { ...good, hots: [] }, /hots: not known/],
    [
      'a key of a host that is not known',
      { ...good, hosts: [{ address: 'a', usr: 'x' }] },
      /hosts\[0\]\.usr: not known/,
    ],
    ['a gate without an address', { ...good, via: { user: 'x' } }, /hosts\[0\]\.via: expected a host/],
  ])('names what is wrong: %s', (_what, config, says) => {
    expect(() => byonConfig(config)).toThrow(says)
  })

  it('says nothing of a secret, whatever is wrong', () => {
    const wrong = {
      hosts: [
        { adress: 'a', key: 'CANARY', password: ['CANARY'] },
        'a b',
        { address: 'a', via: { key: 'CANARY' } },
      ],
      passphrase: 'CANARY',
      unknown: 'CANARY',
    }
    let said = ''
    try {
      byonConfig(wrong)
    } catch (error) {
      if (error instanceof Failure) said = JSON.stringify(error.record)
    }
    expect(said).toMatch(/hosts\[0\]/)
    expect(said).not.toMatch(/CANARY/)
    expect(JSON.stringify(byonConfig({ ...good, key: 'CANARY' }))).not.toMatch(/CANARY/)
  })
})
