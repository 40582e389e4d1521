import { describe, expect, it } from 'vitest'
import type { ApplicationSpec } from '../../engine/index.js'
import { haproxyConfig } from '../../blueprints/balancers/haproxy-config.js'
import { nginxConfig, nginxServers } from '../../blueprints/balancers/nginx-config.js'
import { BALANCER_PROGRAMS, listensOn } from '../../blueprints/balancers/programs.js'
import { liquidRenderer } from '../../blueprints/index.js'
import { EngineHarness, by } from '../support/engine-harness.js'
import { compileText, problemsOf, services } from './support/documents.js'

const SET = {
  algorithm: 'least-connections',
  port: 80,
  protocol: 'tcp',
  members: [
    { machine: 'a', address: '10.0.0.1', port: 8080 },
    { machine: 'b', address: 'fd00::2', port: 8081, weight: 3 },
    { machine: 'c', address: 'web-3.shop', port: 8080, draining: true },
  ],
  health: { period: 1000, timeout: 2000, failures: 3 },
}

const BOTH = [
  ['haproxy', haproxyConfig],
  ['nginx', nginxConfig],
  ['the servers of nginx', nginxServers],
] as const

describe('programs that spread', () => {
  it('are up as soon as they listen', () => {
    expect(listensOn(8000)).toContain("':1F40 0*:0000 ")
    expect(listensOn(80)).toContain("':0050 0*:0000 ")
  })

  it('find their modules where they are, under no prefix of ours', () => {
    expect(BALANCER_PROGRAMS.nginx.launch).not.toContain(' -p ')
  })

  it.each(['haproxy', 'nginx'] as const)('%s has taken a change when nobody goes by the one before', (by) => {
    const lines = BALANCER_PROGRAMS[by].reload.split('\n')
    expect(lines[0]).toBe('set -e')
    expect(lines.findIndex((line) => line.startsWith('before='))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('kill ')),
    )
    expect(lines.at(-1)).toContain('while takes "$one"')
  })
})

describe('HAProxy', () => {
  it('is configured with each member, its weight, and how it is asked', () => {
    const text = haproxyConfig(SET)
    expect(text.slice(text.indexOf('frontend'))).toBe(`frontend listen
    bind :80
    default_backend members

backend members
    balance leastconn
    timeout check 2000ms
    server m1 10.0.0.1:8080 weight 1 check inter 1000ms fall 3 rise 1
    server m2 [fd00::2]:8081 weight 3 check inter 1000ms fall 3 rise 1
    server m3 web-3.shop:8080 weight 0 check inter 1000ms fall 3 rise 1
`)
  })

  it('does not spread udp, and says who does', () => {
    expect(() => haproxyConfig({ ...SET, protocol: 'udp' })).toThrow(
      'HAProxy spreads tcp, not udp; nginx does',
    )
  })
})

describe('nginx', () => {
  it('is configured with each member, its weight, and when it is left out', () => {
    const text = nginxConfig(SET)
    expect(text.slice(text.indexOf('stream'))).toBe(`stream {
    upstream members {
        least_conn;
        server 10.0.0.1:8080 weight=1 max_fails=3 fail_timeout=1s;
        server [fd00::2]:8081 weight=3 max_fails=3 fail_timeout=1s;
        server web-3.shop:8080 weight=1 max_fails=3 fail_timeout=1s down;
    }

    server {
        listen 80;
        proxy_connect_timeout 5s;
        proxy_pass members;
    }
}
`)
  })

  it('has one server that is down where there is nobody', () => {
    expect(nginxConfig({ ...SET, members: [] })).toContain('server 127.0.0.1:9 down;')
    expect(nginxServers({ ...SET, members: [] })).toBe('    server 127.0.0.1:9 down;\n')
  })

  it("has its members, one a line, in a configuration of one's own", () => {
    const { text } = liquidRenderer().render('{{ set | nginx_servers }}', { set: SET }) as { text: string }
    expect(text.split('\n')).toEqual([
      '    server 10.0.0.1:8080 weight=1 max_fails=3 fail_timeout=1s;',
      '    server [fd00::2]:8081 weight=3 max_fails=3 fail_timeout=1s;',
      '    server web-3.shop:8080 weight=1 max_fails=3 fail_timeout=1s down;',
      '',
    ])
  })
})

describe.each(BOTH)('%s', (_program, configOf) => {
  it.each([
    'a b',
    '10.0.0.1\n    server evil 6.6.6.6:80',
    '10.0.0.1; include /etc/passwd',
    '10.0.0.1#',
    '"x"',
    '$host',
    '',
    '-x',
    '10.0.0.1\0',
    'a'.repeat(300),
    '{}',
  ])('refuses %j for an address', (address) => {
    expect(() => configOf({ ...SET, members: [{ machine: 'a', address, port: 80 }] })).toThrow(
      'is not an address',
    )
  })

  it.each([
    [{ port: '80' }, 'port "80" is not a whole number from 1 to 65535'],
    [{ port: 70_000 }, 'port 70000'],
    [{ algorithm: 'random' }, '"random" is none of'],
    [{ members: [{ machine: 'a', address: '10.0.0.1', port: 1.5 }] }, 'port 1.5'],
    [{ members: 'none' }, 'there is no set of back ends'],
  ])('refuses %j', (part, why) => {
    expect(() => configOf({ ...SET, ...part })).toThrow(why)
  })
})

/** A shop whose door spreads port 80 over two web servers. */
function shop(...balance: readonly string[]): string {
  const door = ['- name: door', '  balance:', ...balance.map((line) => `    ${line}`)]
  const web = [
    '- name: web',
    '  launch: serve',
    '  count: { initial: 2, min: 1, max: 9 }',
    '  ports: { http: 8080 }',
  ]
  return services(...door, ...web)
}

const OVER_WEB = ['of: web', 'port: http', 'listen: 80']

describe('a document that says "balance"', () => {
  it('has an entity without a machine where nobody is named who does it', () => {
    const result = compileText(shop(...OVER_WEB, 'scheme: http'))
    expect(result).toMatchObject({ kind: 'compiled', problems: [] })
    const { spec } = result as { readonly spec: ApplicationSpec }
    const door = spec.root.children.find(({ name }) => name === 'door')
    expect(door?.balance).toEqual({
      of: 'web',
      port: 'http',
      listen: 80,
      algorithm: 'round-robin',
      by: 'place',
      scheme: 'http',
    })
    expect([door?.machine, door?.software]).toEqual([undefined, undefined])
  })

  it.each([
    ['BP1203', ['of: wbe', 'port: http', 'listen: 80'], 'there is no entity "wbe"'],
    ['BP1209', ['of: web', 'port: https', 'listen: 80'], 'has no port "https"'],
    ['BP1104', ['of: web', 'port: http'], '"balance" needs the key "listen"'],
    ['BP1105', ['of: web', 'port: http', 'listen: 80', 'by: magic'], 'by'],
  ])('has the problem %s with %j', (code, balance, message) => {
    const problems = problemsOf(shop(...balance))
    expect(problems.map((problem) => problem.code)).toEqual([code])
    expect(problems[0]?.message).toContain(message)
  })

  it('may not ask for a machine beside the place that spreads', () => {
    const text = shop(...OVER_WEB).replace('- name: door', '- name: door\n    launch: serve')
    expect(problemsOf(text).map(({ code, message }) => [code, message])).toEqual([
      ['BP1207', 'an entity whose place spreads its traffic has no machine'],
    ])
  })
})

describe.each([
  ['haproxy', 'haproxy.cfg', /^ {4}server m\d+ (\S+)/gm],
  ['nginx', 'nginx.conf', /^ {8}server (\S+)/gm],
] as const)('an entity that spreads by %s', (program, file, server) => {
  it('has the members that are up in its configuration, and takes a changed one without another run', async () => {
    const result = compileText(
      shop(...OVER_WEB, `by: ${program}`).replace('location: local', 'location: sim'),
      {
        locations: ['sim'],
      },
    )
    expect(result).toMatchObject({ kind: 'compiled', problems: [] })
    const bench = await EngineHarness.open({ engine: { renderer: liquidRenderer() } })
    const members = async (): Promise<readonly string[]> => {
      const files = await bench.place().files(bench.token('door'))
      const text = files.find(({ path }) => path.endsWith(file))?.content ?? ''
      return [...text.matchAll(server)].map(([, at = '']) => at).sort()
    }
    const up = (): readonly string[] =>
      Object.keys(bench.tree)
        .filter((path) => path.startsWith('web/'))
        .map((path) => `${bench.entity(path).address}:8080`)
        .sort()
    try {
      await bench.deploy((result as { readonly spec: ApplicationSpec }).spec)
      expect(bench.shop.state).toBe('running')
      expect(bench.entity('door').endpoint).toBe(`tcp://${bench.entity('door').address}:80`)
      expect([up().length, await members()]).toEqual([2, up()])
      for (const count of [5, 1]) {
        await bench.after(bench.engine.scale('shop', 'web', count, by))
        expect([up().length, await members()]).toEqual([count, up()])
      }
      expect(bench.entity('door')).toMatchObject({ state: 'running', incarnation: 1, run: 1 })
      await bench.after(bench.engine.remove('shop', by))
      expect(await bench.inventory()).toEqual([])
    } finally {
      await bench.close()
    }
  })
})
