import { describe, expect, it } from 'vitest'
import type { ApplicationSpec, EntitySpec, Seal } from '../../engine/index.js'
import type { CompileOptions } from '../../blueprints/index.js'
import { compileText, problemsOf, role, root, services } from './support/documents.js'

function specOf(text: string, options: CompileOptions = {}): ApplicationSpec {
  const result = compileText(text, options)
  expect(result).toMatchObject({ kind: 'compiled' })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec
}

function first(text: string): EntitySpec {
  return specOf(text).root.children[0]!
}

function member(...lines: readonly string[]): EntitySpec {
  return first(role(...lines)).members!.spec
}

describe('a role', () => {
  it('is an entity with members that share one spec', () => {
    const web = first(role('count: { initial: 3, min: 2, max: 6 }', 'port: http'))
    expect(web).toMatchObject({
      type: 'role',
      name: 'web',
      role: 'web',
      priority: 10,
      members: { initial: 3, min: 2, max: 6 },
    })
    expect(web.members?.spec).toMatchObject({
      type: 'software',
      role: 'web',
      machine: { ports: [{ name: 'http', scheme: 'http' }] },
    })
  })

  it.each([
    ['count: 3', { initial: 3, min: 3, max: 3 }],
    ['count: { initial: 3 }', { initial: 3, min: 1, max: 1_000_000 }],
    ['count: { min: 2, max: 5 }', { initial: 2, min: 2, max: 5 }],
    ['count: 0', { initial: 0, min: 0, max: 0 }],
    ['description: no count', { initial: 1, min: 1, max: 1 }],
  ])('has the members that %s says', (line, members) => {
    expect(first(role(line)).members).toMatchObject(members)
  })

  it('has the priority of its position unless it names one', () => {
    const text =
      'name: S\nroles:\n  - { name: a, launch: x }\n  - { name: b, launch: x, priority: 5 }\n  - { name: c, launch: x }\n'
    expect(specOf(text).root.children.map((child) => child.priority)).toEqual([10, 5, 30])
  })

  it('says where its members may be, and how they are spread', () => {
    const lines = ['locations: [a, b]', 'zones: [x]', 'spread: balance', 'caps: { a: 2, b/x: 1 }']
    const spec = specOf(role(...lines), { locations: ['local', 'a', 'b'] })
    expect(spec.root.children[0]?.placement).toEqual({
      locations: ['a', 'b'],
      zones: ['x'],
      spread: 'balance',
      caps: { a: 2, 'b/x': 1 },
    })
  })

  it('says what is done about its lost hosts, and when they count as that', () => {
    const spec = specOf(role('onHostLost: fence', 'lostAfter: 90s'))
    expect(spec.root.children[0]?.placement).toEqual({
      locations: [],
      zones: [],
      onHostLost: 'fence',
      lostAfter: 90_000,
    })
    const text = 'name: S\nonHostLost: recreate\nservices:\n- type: software\n  launch: x\n'
    expect(specOf(text).root.placement).toMatchObject({ onHostLost: 'recreate' })
    expect(specOf(text).root.children[0]?.placement).toEqual({ locations: [], zones: [] })
  })

  it('can be written under its name', () => {
    expect(
      specOf('name: S\nroles:\n  a: { launch: x }\n  b: { image: nginx }\n').root.children.map(
        (child) => child.name,
      ),
    ).toEqual(['a', 'b'])
  })

  it.each([
    ['launch: x', 'software'],
    ['image: nginx:1.27', 'container'],
    ['template: debian-12', 'container'],
    ['offering: small', 'machine'],
    ['run: ./migrate', 'job'],
    ['type: server', 'machine'],
  ])('is what its keys say: %s', (line, type) => {
    expect(first(`name: S\nroles:\n  - name: a\n    ${line}\n`).members?.spec.type).toBe(type)
  })

  it('waits for what it needs', () => {
    const text = 'name: S\nroles:\n  - { name: a, launch: x }\n  - { name: b, launch: x, needs: [a] }\n'
    expect(specOf(text).root.children[1]?.relations).toMatchObject([
      { target: 'a', ordering: 'starts-after' },
    ])
  })

  it('holds children in each of its members', () => {
    expect(member('children:', '  - { type: software, id: side, launch: y }').children).toMatchObject([
      { name: 'side', type: 'software' },
    ])
  })

  it('is a cluster in the words of Brooklyn', () => {
    const cluster = first(
      services(
        '- type: org.apache.brooklyn.entity.group.DynamicCluster',
        '  id: web',
        '  brooklyn.config:',
        '    cluster.initial.size: 2',
        '    cluster.max.size: 4',
        '    cluster.initial.quorumSize: 1',
        '    dynamiccluster.memberspec:',
        '      $brooklyn:entitySpec:',
        '        type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess',
        '        brooklyn.config: { launch.command: x }',
      ),
    )
    expect(cluster).toMatchObject({
      name: 'web',
      id: 'web',
      members: { initial: 2, max: 4, startQuorum: { kind: 'number', count: 1 } },
    })
    expect(cluster.members?.spec).toMatchObject({
      type: 'software',
      software: { phases: { launch: { command: { value: 'x' } } } },
    })
  })

  it.each([
    ['all', { kind: 'all' }],
    ['at-least-one', { kind: 'at-least-one' }],
    ['atLeastOneUnlessEmpty', { kind: 'at-least-one-unless-empty' }],
    ['alwaysHealthy', { kind: 'always' }],
    ['50%', { kind: 'percent', percent: 50 }],
    ['1', { kind: 'number', count: 1 }],
  ])('has a quorum of %s', (word, quorum) => {
    expect(first(role(`runningQuorum: ${word}`)).members?.runningQuorum).toEqual(quorum)
  })
})

describe('a program', () => {
  it('has its phases with what runs before and after', () => {
    const program = first(
      services(
        '- type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess',
        '  name: My Program',
        '  brooklyn.config:',
        '    pre.install.command: a',
        '    install.command: b',
        '    post.install.command: c',
        '    customize.command: d',
        '    launch.command: e',
        '    checkRunning.command: f',
        '    stop.command: g',
        '    shell.env: { A: 1, B: $brooklyn:config("b") }',
        '    b: hello',
      ),
    )
    expect(program).toMatchObject({ name: 'my-program', displayName: 'My Program', type: 'software' })
    const phases = program.software?.phases
    expect(phases?.install).toMatchObject({
      before: { value: 'a' },
      command: { value: 'b' },
      after: { value: 'c' },
      timeout: 300_000,
    })
    expect(
      [phases?.customize, phases?.launch, phases?.check, phases?.stop].map((one) => one?.command),
    ).toMatchObject(['d', 'e', 'f', 'g'].map((value) => ({ value })))
    expect(phases?.launch?.timeout).toBe(0)
    expect(program.software?.environment).toMatchObject({
      A: { value: 1 },
      B: { kind: 'config', key: 'b', of: { scope: 'self' } },
    })
    expect(program.config).toMatchObject({ b: { value: 'hello' } })
    expect(Object.keys(program.config)).toEqual(['b'])
  })

  it.each(['launchCommand: y', 'launch.command: y', 'launch: y', 'launch: { command: y }'])(
    'is launched by %s',
    (line) => {
      const program = first(services('- type: software', `  ${line}`))
      expect(program.software?.phases.launch?.command).toMatchObject({ value: 'y' })
    },
  )

  it('ships its artifacts with the launch', () => {
    const launch = member('files: [web.js, { path: www/index.html, from: page.html, mode: "755" }]').software
      ?.phases.launch
    expect(launch?.files).toMatchObject([
      { path: 'web.js', content: { value: 'listen()' }, mode: 0o644 },
      { path: 'www/index.html', content: { value: 'hello' }, mode: 0o755 },
    ])
  })

  it('has a live file where it is a template', () => {
    const { software } = member(
      'files:',
      '  - path: list',
      '    template: "{% for m in roles.web.members %}{{ m.address }}{% endfor %}"',
    )
    expect(software?.phases.launch?.files).toEqual([])
    expect(software?.files).toMatchObject([
      {
        path: 'list',
        content: {
          kind: 'template',
          bindings: {
            roles: {
              kind: 'map',
              entries: {
                web: {
                  kind: 'map',
                  entries: { members: { kind: 'sensor', sensor: 'members', whenReady: false } },
                },
              },
            },
          },
        },
      },
    ])
  })

  it('takes files and templates of Brooklyn', () => {
    const program = first(
      services(
        '- type: software',
        '  launch.command: x',
        '  files.install: { store.js: bin/store.js }',
        '  templates.runtime: { page.html: page }',
        '  install.command: y',
      ),
    )
    expect(program.software?.phases.install?.files).toMatchObject([{ path: 'bin/store.js' }])
    expect(program.software?.phases.launch?.files).toMatchObject([
      { path: 'page', content: { kind: 'template' } },
    ])
  })

  it('names the artifacts that are missing, all of them', () => {
    expect(compileText(role('files: [z.js, a.js, web.js]'))).toEqual({
      kind: 'missing',
      files: ['a.js', 'z.js'],
    })
  })

  it('has sensors, health and effectors', () => {
    const web = member(
      'port: http',
      'health: { http: /health, every: 2s, grace: 5s }',
      'sensors:',
      '  load: { http: /metrics, select: a.b, every: 500ms }',
      '  cpu: { metric: cpu }',
      '  version: { value: 3 }',
      '  files: { command: ls }',
      'effectors: { flush: rm -f cache }',
    )
    expect(web.health).toMatchObject({
      period: 2_000,
      grace: 5_000,
      http: { url: { kind: 'format', pattern: '%s%s' } },
    })
    expect(web.sensors).toMatchObject([
      { name: 'load', type: 'number', source: { kind: 'http', period: 500, select: 'a.b' } },
      { name: 'cpu', type: 'number', source: { kind: 'metric' } },
      { name: 'version', type: 'number', source: { kind: 'static' } },
      { name: 'files', type: 'string', source: { kind: 'command', period: 1_000 } },
    ])
    expect(web.effectors).toMatchObject([{ name: 'flush', command: { value: 'rm -f cache' } }])
  })
})

describe('a machine', () => {
  it('asks for what the document says', () => {
    const { machine, volumes } = member(
      'offering: small',
      'cores: 2',
      'memory: 512 MB',
      'image: debian',
      'keyPair: mine',
      'ports: [http, { name: admin, number: 9000, published: true }]',
      'volumes: [{ name: data, path: /data, size: 2 GiB }]',
      'options: { privileged: true }',
    )
    expect(machine).toMatchObject({
      offering: { value: 'small' },
      cores: 2,
      memory: 536_870_912,
      image: { value: 'debian' },
      keyPair: 'mine',
      options: { privileged: true },
    })
    expect(machine?.ports).toEqual([
      { name: 'http', protocol: 'tcp', published: false, scheme: 'http' },
      { name: 'admin', number: 9000, protocol: 'tcp', published: true },
    ])
    expect(volumes).toEqual([{ name: 'data', path: '/data', size: 2_147_483_648 }])
  })

  it('takes the environment of a container, whose own command is the service', () => {
    const { machine, software } = first(
      'name: S\nroles:\n  - name: a\n    image: nginx\n    environment: { A: b }\n    command: [nginx, -g, daemon off;]\n',
    ).members!.spec
    expect(machine).toMatchObject({
      environment: { A: { value: 'b' } },
      command: { value: ['nginx', '-g', 'daemon off;'] },
    })
    expect(software).toBeUndefined()
  })

  it('is open to the outside where it is the endpoint of the application', () => {
    expect(specOf(root('endpoint: web')).root.children[0]?.members?.spec.machine?.ports).toMatchObject([
      { published: true },
    ])
  })
})

describe('an expression', () => {
  it.each([
    ['$brooklyn:config("k")', { kind: 'config', of: { scope: 'self' }, key: 'k' }],
    ['$brooklyn:parent().config("k")', { kind: 'config', of: { scope: 'parent' }, key: 'k' }],
    [
      '$brooklyn:root().attributeWhenReady("service.isUp")',
      { kind: 'sensor', of: { scope: 'root' }, sensor: 'service.isUp', whenReady: true },
    ],
    ['$brooklyn:component("web").entityId()', { kind: 'entity-id', of: { scope: 'global', id: 'web' } }],
    [
      '$brooklyn:entity("web").attributeWhenReady("main.uri")',
      { kind: 'sensor', of: { scope: 'global', id: 'web' }, sensor: 'endpoint', whenReady: true },
    ],
    [
      '$brooklyn:component("sibling", "other").config("k")',
      { kind: 'config', of: { scope: 'sibling', id: 'other' }, key: 'k' },
    ],
    [
      '$brooklyn:config("m")["a"][0]',
      { kind: 'access', key: 0, of: { kind: 'access', key: 'a', of: { kind: 'config' } } },
    ],
    [
      '$brooklyn:formatString("%s:%s", config("a"), 80)',
      { kind: 'format', pattern: '%s:%s', arguments: [{ kind: 'config', key: 'a' }, { value: 80 }] },
    ],
    [
      '$brooklyn:formatString("%s", $brooklyn:config("a"))',
      { kind: 'format', arguments: [{ kind: 'config', key: 'a' }] },
    ],
    ['$brooklyn:literal("$brooklyn:config")', { kind: 'literal', value: '$brooklyn:config' }],
  ])('%s is data', (written, expected) => {
    const text = services(
      '- type: software',
      '  id: web',
      '  launch: x',
      '  port: http',
      '- type: software',
      '  id: other',
      '  launch: x',
      '  config:',
      `    x: '${written}'`,
    )
    const entity = specOf(
      written.includes('sibling')
        ? text
            .replace('  config:', '- type: software\n    launch: x\n    config:')
            .replace(
              '- type: software\n    launch: x\n    config:',
              '- type: software\n    id: third\n    launch: x\n    config:',
            )
        : text,
    ).root.children.find((child) => Object.hasOwn(child.config, 'x'))
    expect(entity?.config['x']).toMatchObject(expected)
  })

  it.each([
    ['{ $brooklyn:config: k }', { kind: 'config', key: 'k' }],
    [
      '{ $brooklyn:component("web").config: [k] }',
      { kind: 'config', of: { scope: 'global', id: 'web' }, key: 'k' },
    ],
    [
      '{ $brooklyn:formatString: ["%s-%s", a, $brooklyn:config("b")] }',
      { kind: 'format', arguments: [{ value: 'a' }, { kind: 'config', key: 'b' }] },
    ],
    [
      '{ $brooklyn:literal: { $brooklyn:config: k } }',
      { kind: 'literal', value: { '$brooklyn:config': 'k' } },
    ],
    ['[a, $brooklyn:config("b")]', { kind: 'list', items: [{ value: 'a' }, { kind: 'config' }] }],
    [
      '{ a: 1, b: $brooklyn:config("b") }',
      { kind: 'map', entries: { a: { value: 1 }, b: { kind: 'config' } } },
    ],
    ['{ a: [1, { b: 2 }] }', { kind: 'literal', value: { a: [1, { b: 2 }] } }],
  ])('%s is data too', (written, expected) => {
    expect(
      first(
        role(
          `config: { x: ${written} }`
            .replaceAll('$brooklyn:component("web").config:', '"$brooklyn:component(\'web\').config":')
            .replaceAll('$brooklyn:config("b")', '"$brooklyn:config(\'b\')"'),
        ),
      ).config['x'],
    ).toMatchObject(expected)
  })
})

it('gives templates what stands under template.substitutions', () => {
  const files = "files: [{ path: a, template: '{{ substitutions.db.host }}' }]"
  const { software } = member('config: { template.substitutions: { db: { host: here } } }', files)
  const all = { kind: 'config', of: { scope: 'self' }, key: 'template.substitutions' }
  const db = { kind: 'access', of: all, key: 'db' }
  expect(software?.files[0]?.content).toMatchObject({
    bindings: {
      substitutions: {
        kind: 'map',
        entries: { db: { kind: 'map', entries: { host: { kind: 'access', of: db, key: 'host' } } } },
      },
    },
  })
})

describe('a location', () => {
  it.each([
    ['location: east', ['east']],
    ['location: [east, west]', ['east', 'west']],
    ['location: { east: {} }', ['east']],
    ['location: [{ east: {} }, west]', ['east', 'west']],
  ])('is the one that %s names', (line, locations) => {
    const result = compileText(root(line), { locations: ['east', 'west'] })
    expect(result).toMatchObject({
      kind: 'compiled',
      problems: [],
      spec: { root: { placement: { locations } } },
    })
  })

  it.each([
    ['location: { "jclouds:aws-ec2": { identity: me } }', 'jclouds:aws-ec2'],
    ['location: "localhost:(user=here)"', 'localhost'],
    ['location: [{ east: { region: 1 } }]', 'east'],
  ])('is named, and its settings are told of and not used: %s', (line, name) => {
    const result = compileText(root(line), { locations: [name] })
    expect(result).toMatchObject({
      kind: 'compiled',
      spec: { root: { placement: { locations: [name] } } },
      problems: [{ code: 'BP1108', severity: 'warning', hint: expect.stringContaining('weir location add') }],
    })
  })

  it('has one name', () => {
    expect(
      problemsOf(root('location: { east: {}, west: {} }'), { locations: ['east', 'west'] }),
    ).toMatchObject([{ code: 'BP1102', hint: 'write a list, with one entry for each location' }])
  })
})

describe('the application', () => {
  it('has addresses that follow an entity', () => {
    const text = role('addresses: [main, { name: lan, network: front }, { name: old, existing: 192.0.2.7 }]')
    const { members } = first(text.replace('name: Shop', 'name: Shop\nnetworks: [front]'))
    expect(members?.spec).toMatchObject({
      addresses: [{ name: 'main' }, { name: 'lan', network: 'front' }, { name: 'old', brought: '192.0.2.7' }],
    })
  })

  it('has what its machines share, made or brought', () => {
    const spec = specOf(
      root(
        'networks: [front]',
        'rules:',
        '  - name: web',
        '    allow:',
        '      - { ports: 80, from: 10.0.0.0/8 }',
        '      - { ports: 8000-8100, protocol: udp, to: [0.0.0.0/0] }',
        '  - { name: office, existing: sg-1 }',
        'keys: [{ name: team, publicKey: ssh-ed25519 AAAA }, { name: ops, existing: ops-2020 }]',
        'images: [{ name: base, from: "https://images.example/base.qcow2" }]',
      ),
    )
    expect(spec).toMatchObject({
      rules: [
        {
          name: 'web',
          allow: [
            { direction: 'in', protocol: 'tcp', ports: { from: 80, to: 80 }, peers: ['10.0.0.0/8'] },
            { direction: 'out', protocol: 'udp', ports: { from: 8000, to: 8100 }, peers: ['0.0.0.0/0'] },
          ],
        },
        { name: 'office', brought: 'sg-1', allow: [] },
      ],
      keys: [
        { name: 'team', publicKey: 'ssh-ed25519 AAAA' },
        { name: 'ops', brought: 'ops-2020' },
      ],
      images: [{ name: 'base', source: 'https://images.example/base.qcow2' }],
    })
  })

  it('has what the root says', () => {
    const spec = specOf(
      root(
        'description: d',
        'type: web shop',
        'owner: me',
        'location: [local, docker]',
        'networks: [front, { name: back, existing: lan }]',
        'keyPair: k',
        'details: { a: 1 }',
        'endpoint: { role: web, port: http }',
        'onStartFailure: expunge',
        'collect: false',
        'grace: 1 min',
        'keepMachines: false',
        'lease: 8h',
      ),
    )
    expect(spec).toMatchObject({
      name: 'Shop',
      description: 'd',
      serviceType: 'web shop',
      owner: 'me',
      keyPair: 'k',
      details: { a: '1' },
      outputs: { endpoint: { entity: 'web', port: 'http' } },
      networks: [{ name: 'front' }, { name: 'back', brought: 'lan' }],
      settings: {
        onStartFailure: 'expunge',
        collect: false,
        grace: 60_000,
        keepMachines: false,
        lease: 28_800_000,
      },
      root: { type: 'application', name: 'shop', placement: { locations: ['local', 'docker'] } },
      dialect: 'camp',
    })
  })

  it('is its only service where that is an application', () => {
    const spec = specOf(
      'name: S\nservices:\n- type: org.apache.brooklyn.entity.stock.BasicApplication\n  brooklyn.children:\n  - { type: server, id: a }\n',
    )
    expect(spec.root.children.map((child) => child.name)).toEqual(['a'])
  })

  it('gives services without names the names of their types', () => {
    expect(
      specOf(services('- { type: server }', '- { type: server }')).root.children.map((child) => child.name),
    ).toEqual(['machine', 'machine-2'])
  })

  it('takes values for its parameters', () => {
    const text = root(
      'parameters:',
      '  - { name: colour, default: red }',
      '  - { name: size, type: integer, constraints: [{ min: 1 }] }',
    )
    const { config, parameters } = specOf(text, { parameters: { size: 3 } }).root
    expect(config).toEqual({ size: { kind: 'literal', value: 3 } })
    expect(parameters[0]).toMatchObject({ name: 'colour', default: { kind: 'literal', value: 'red' } })
    expect(compileText(text, { parameters: { size: 0 } })).toMatchObject({ problems: [{ code: 'BP1702' }] })
    expect(compileText(text, { parameters: { siz: 1 } })).toMatchObject({
      problems: [{ code: 'BP1703', hint: 'did you mean "size"?' }],
    })
  })

  it('holds no secret in the clear', () => {
    const seal: Seal = {
      seal: (name, clear) => ({ kind: 'secret', name, sealed: `#${clear.length}` }),
      open: () => {
        throw new Error('not here')
      },
    }
    const spec = specOf(root('parameters:', '  - { name: password, type: secret, default: hunter2 }'), {
      seal,
    })
    expect(spec.root.parameters[0]?.default).toEqual({ kind: 'secret', name: 'password', sealed: '#7' })
    expect(JSON.stringify(spec)).not.toContain('hunter2')
    expect(
      compileText(root('parameters: [{ name: p, type: secret }]'), { parameters: { p: 'hunter2' } }),
    ).toMatchObject({ problems: [{ code: 'BP1704' }] })
  })

  it('holds no secret of an effector in the clear', () => {
    const seal: Seal = {
      seal: (name, clear) => ({ kind: 'secret', name, sealed: `#${clear.length}` }),
      open: () => {
        throw new Error('not here')
      },
    }
    const text = role(
      'effectors: { tell: { command: x, parameters: [{ name: pin, type: secret, default: hunter2 }] } }',
    )
    const spec = specOf(text, { seal })
    expect(JSON.stringify(spec)).not.toContain('hunter2')
    expect(spec.root.children[0]?.members?.spec.effectors[0]?.parameters[0]?.default).toEqual({
      kind: 'secret',
      name: 'pin',
      sealed: '#7',
    })
  })

  it('takes a secret of digits as the text that it is, and numbers that were handed in as text', () => {
    const sealed: string[] = []
    const seal: Seal = {
      seal: (name, clear) => {
        sealed.push(clear)
        return { kind: 'secret', name, sealed: '#' }
      },
      open: () => {
        throw new Error('not here')
      },
    }
    const text = root('parameters:', '  - { name: pin, type: secret }', '  - { name: size, type: integer }')
    const spec = specOf(text, { seal, parameters: { pin: 1234, size: '3' } })
    expect(sealed).toEqual(['1234'])
    expect(spec.root.config['size']).toEqual({ kind: 'literal', value: 3 })
    expect(compileText(text, { seal, parameters: { pin: '1', size: '3 eggs' } })).toMatchObject({
      problems: [{ code: 'BP1702' }],
    })
  })

  it('merges maps, its own keys first', () => {
    const spec = specOf('name: S\nroles:\n  - &a { name: a, launch: x, count: 2 }\n  - <<: *a\n    name: b\n')
    expect(spec.root.children.map((child) => [child.name, child.members?.initial])).toEqual([
      ['a', 2],
      ['b', 2],
    ])
  })
})
