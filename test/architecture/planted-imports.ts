/** One file of a planted tree and the law that it breaks. */
export interface Planted {
  readonly law: string
  readonly path: string
  readonly source: string
}

const call = (target: string): string => `import { x } from '${target}'\nexport const y: number = x + 1\n`
const type = (target: string): string => `import type { X } from '${target}'\nexport const y: X = 1\n`
const pack = (name: string): string => `import * as pack from '${name}'\nexport const y: unknown = pack\n`

const breaks = (law: string, path: string, source: string): Planted => ({ law, path, source })

/** Files that keep every law: what the bad ones import, and what must stay allowed. */
export const goodFiles: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['engine', 'blueprints', 'policies', 'catalog', 'locations/docker', 'locations/simulated'],
      ...['locations/ssh', 'server/api', 'server/handlers', 'server/http', 'server/storage'],
      ...['server/rehearsal', 'server/proof'],
    ].map((door) => [`${door}/index.ts`, 'export const x: number = 1\nexport type X = number\n']),
  ),
  ...Object.fromEntries(
    [
      ...[
        'support',
        'spec',
        'entity',
        'expression',
        'store',
        'task',
        'ports',
        'reconcile',
        'policy',
        'workflow',
        'operate',
      ].map((floor) => `engine/${floor}/${floor}-file.ts`),
      ...['calls', 'decide', 'keep', 'look'].map((stage) => `engine/reconcile/${stage}/${stage}-file.ts`),
      ...['engine/engine.ts', 'blueprints/compile.ts', 'blueprints/dialects/tosca/tosca-types.ts'],
      ...[
        'policies/scaler.ts',
        'catalog/item.ts',
        'locations/docker/docker-api.ts',
        'locations/ssh/quote.ts',
      ],
      ...[
        'server/api/wire.ts',
        'server/handlers/deploy.ts',
        'server/http/app.ts',
        'server/storage/journal.ts',
        'server/rehearsal/life.ts',
        'server/proof/laws.ts',
      ],
      ...[
        'server/cli/render.ts',
        'server/web/tree.ts',
        'server/compose/config.ts',
        'test/support/builder.ts',
      ],
    ].map((path) => [path, 'export const x: number = 1\nexport type X = number\n']),
  ),
  'engine/support/digest.ts': `import { createHash } from 'node:crypto'\nexport const y: unknown = createHash\n`,
  'engine/support/pattern.ts': pack('re2js'),
  'policies/rules/expression.ts': pack('@marcbachmann/cel-js'),
  'blueprints/read/read-yaml.ts': pack('yaml'),
  'blueprints/schema/validator.ts': pack('ajv'),
  'blueprints/template/template.ts': pack('liquidjs'),
  'locations/docker/docker-client.ts': `${call('../ssh/index.js')}import * as d from 'dockerode'\nexport const z: unknown = d\n`,
  'locations/ssh/ssh-client.ts': pack('ssh2'),
  'server/http/routes/good.ts': `${type('../../../engine/index.js')}import * as e from 'express'\nexport const z: unknown = e\n`,
  'server/compose/module.ts': `${call('../../policies/index.js')}import * as i from 'inversify'\nexport const z: unknown = i\n`,
  'server/main.ts': call('./compose/module.js'),
  'server/cli/main.ts': call('../compose/module.js'),
  'engine/reconcile/keep/turn.ts': call('../../store/store-file.js'),
  'engine/store/back.ts': type('./forth.js'),
  'engine/store/forth.ts': `import { y } from './back.js'\nexport type X = number\nexport const z: number = y\n`,
  'test/engine/inside.ts': call('../../engine/engine.js'),
}

const roomLaws: readonly Planted[] = [
  breaks('no-cycles', 'policies/egg.ts', call('./hen.js') + 'export const x: number = 1\n'),
  breaks('no-orphans', 'policies/alone.ts', 'export const y: number = 1\n'),
  breaks('no-unresolved', 'policies/lost.ts', call('./nowhere.js')),
  breaks('no-undeclared-packages', 'server/compose/undeclared.ts', pack('undeclared')),
  breaks('no-dev-deps-in-rooms', 'server/compose/tool.ts', pack('vitest')),
  breaks('test-is-a-leaf', 'server/compose/proven.ts', call('../../test/support/builder.js')),
  breaks('thought-has-no-io', 'engine/store/disk.ts', pack('node:fs')),
  breaks('thought-has-no-io', 'policies/hash.ts', pack('node:crypto')),
  breaks('thought-has-no-io', 'blueprints/fetch.ts', pack('node:http')),
  breaks('thought-has-no-io', 'catalog/folder.ts', pack('node:path')),
  breaks('engine-stands-alone', 'engine/task/reader.ts', call('../../blueprints/index.js')),
  breaks('engine-stands-alone', 'engine/task/reader-type.ts', type('../../blueprints/index.js')),
  breaks('policies-see-the-engine', 'policies/placer.ts', call('../locations/docker/index.js')),
  breaks('blueprints-see-the-engine', 'blueprints/library.ts', call('../catalog/index.js')),
  breaks('locations-see-the-engine', 'locations/docker/server.ts', call('../../server/api/index.js')),
  breaks('catalog-sees-blueprints', 'catalog/scaler.ts', call('../policies/index.js')),
  breaks('dialects-are-strangers', 'blueprints/dialects/camp/translate.ts', call('../tosca/tosca-types.js')),
  breaks('locations-are-strangers', 'locations/docker/pretend.ts', call('../simulated/index.js')),
  breaks('locations-are-strangers', 'locations/ssh/place.ts', call('../docker/index.js')),
]

const serverLaws: readonly Planted[] = [
  breaks('api-stands-alone', 'server/api/spec-type.ts', type('../../engine/index.js')),
  breaks('api-stands-alone', 'server/api/handled.ts', call('../handlers/index.js')),
  breaks('api-runs-anywhere', 'server/api/buffer.ts', pack('node:buffer')),
  breaks('faces-speak-wire', 'server/cli/shortcut.ts', call('../../engine/index.js')),
  breaks('faces-speak-wire', 'server/web/shortcut.ts', call('../handlers/index.js')),
  breaks('faces-speak-wire', 'server/cli/composed.ts', call('../compose/config.js')),
  breaks('web-runs-in-a-browser', 'server/web/file.ts', pack('node:fs')),
  breaks('http-sees-handlers', 'server/http/reader.ts', call('../../blueprints/index.js')),
  breaks('http-takes-engine-types', 'server/http/caller.ts', call('../../engine/index.js')),
  breaks('handlers-see-thought', 'server/handlers/kept.ts', call('../storage/index.js')),
  breaks('storage-implements-ports', 'server/storage/served.ts', call('../api/index.js')),
  breaks('rehearsals-are-imagined', 'server/rehearsal/answered.ts', call('../api/index.js')),
  breaks('proofs-are-rehearsals', 'server/proof/read.ts', call('../../blueprints/index.js')),
  breaks('compose-alone-knows-the-adapters', 'server/handlers/scaler.ts', call('../../policies/index.js')),
  breaks('compose-is-entered-by-mains', 'server/http/composed.ts', call('../compose/config.js')),
  breaks(
    'main-composes',
    'server/main.ts',
    call('./http/index.js') + `export { y as z } from './compose/module.js'\n`,
  ),
  breaks(
    'cli-entry-picks-the-transport',
    'server/cli/main.ts',
    call('../http/index.js') + `export { y as z } from '../compose/module.js'\n`,
  ),
]

const doorLaws: readonly Planted[] = [
  ...['engine/engine', 'blueprints/compile', 'policies/scaler', 'catalog/item'].flatMap((file) => {
    const room = file.slice(0, file.indexOf('/'))
    return [
      breaks(`enter-${room}-by-its-door`, `server/compose/through-${room}.ts`, call(`../../${file}.js`)),
      breaks(`no-own-door-in-${room}`, `${room}/own-door.ts`, call('./index.js')),
    ]
  }),
  ...['api/wire', 'handlers/deploy', 'http/app', 'storage/journal', 'rehearsal/life', 'proof/laws'].flatMap(
    (file) => {
      const room = file.slice(0, file.indexOf('/'))
      return [
        breaks(`enter-${room}-by-its-door`, `server/compose/through-${room}.ts`, call(`../${file}.js`)),
        breaks(`no-own-door-in-${room}`, `server/${room}/own-door.ts`, call('./index.js')),
      ]
    },
  ),
  breaks(
    'enter-a-place-by-its-door',
    'server/compose/place.ts',
    call('../../locations/docker/docker-api.js'),
  ),
  breaks('enter-a-leaf-by-its-door', 'locations/docker/leaf.ts', call('../ssh/quote.js')),
  breaks('no-own-door-in-a-place', 'locations/docker/own-door.ts', call('./index.js')),
]

const floorLaws: readonly Planted[] = [
  breaks('engine-floor-support', 'engine/support/high.ts', call('../spec/spec-file.js')),
  breaks('engine-floor-spec', 'engine/spec/high.ts', call('../entity/entity-file.js')),
  breaks('engine-floor-entity', 'engine/entity/high.ts', call('../expression/expression-file.js')),
  breaks('engine-floor-expression', 'engine/expression/high.ts', type('../store/store-file.js')),
  breaks('engine-floor-store', 'engine/store/high.ts', call('../task/task-file.js')),
  breaks('engine-floor-task', 'engine/task/high.ts', call('../ports/ports-file.js')),
  breaks('engine-floor-ports', 'engine/ports/high.ts', call('../reconcile/reconcile-file.js')),
  breaks('engine-floor-reconcile', 'engine/reconcile/high.ts', call('../policy/policy-file.js')),
  breaks('engine-floor-policy', 'engine/policy/high.ts', call('../workflow/workflow-file.js')),
  breaks('engine-floor-workflow', 'engine/workflow/high.ts', call('../operate/operate-file.js')),
  breaks('engine-floor-operate', 'engine/operate/high.ts', call('../engine.js')),
  breaks('reconcile-facts', 'engine/reconcile/facts/high.ts', call('../calls/calls-file.js')),
  breaks('reconcile-calls', 'engine/reconcile/calls/high.ts', type('../decide/decide-file.js')),
  breaks('reconcile-decide', 'engine/reconcile/decide/high.ts', call('../keep/keep-file.js')),
  breaks('reconcile-keep', 'engine/reconcile/keep/high.ts', call('../look/look-file.js')),
  breaks('spec-is-plain-data', 'engine/spec/stream.ts', pack('rxjs')),
  breaks('diff-is-pure', 'engine/reconcile/decide/gap.ts', pack('rxjs')),
]

const packageLaws: readonly Planted[] = [
  breaks('engine-knows-only-rxjs', 'engine/store/pattern.ts', pack('re2js')),
  breaks('policies-know-only-rxjs', 'policies/version.ts', pack('semver')),
  breaks('rules-know-their-language', 'policies/rules/expression.ts', pack('semver')),
  breaks('timetables-know-the-calendar', 'policies/schedule/timetable.ts', pack('semver')),
  breaks('blueprints-packages', 'blueprints/stream.ts', pack('rxjs')),
  breaks('catalog-knows-only-semver', 'catalog/stream.ts', pack('rxjs')),
  breaks('docker-packages', 'locations/docker/version.ts', pack('semver')),
  breaks('ssh-packages', 'locations/ssh/tar.ts', pack('tar-stream')),
  breaks('places-packages', 'locations/simulated/tar.ts', pack('tar-stream')),
  breaks('api-knows-only-typebox', 'server/api/version.ts', pack('semver')),
  breaks('http-packages', 'server/http/log.ts', pack('pino')),
  breaks('cli-packages', 'server/cli/log.ts', pack('pino')),
  breaks('web-knows-no-package', 'server/web/stream.ts', pack('rxjs')),
  breaks('yaml-in-read-only', 'server/compose/yaml.ts', pack('yaml')),
  breaks('ajv-in-schema-only', 'blueprints/check/ajv.ts', pack('ajv')),
  breaks('liquid-in-template-only', 'blueprints/check/liquid.ts', pack('liquidjs')),
  breaks('express-in-http-only', 'server/handlers/express.ts', pack('express')),
  breaks('express-in-http-only', 'server/handlers/express-type.ts', type('express')),
  breaks('inversify-in-compose-only', 'server/handlers/inversify.ts', pack('inversify')),
  breaks('sqlite-in-storage-only', 'server/handlers/sqlite.ts', pack('better-sqlite3')),
  breaks('zip-in-storage-only', 'server/handlers/zip.ts', pack('yauzl')),
  breaks('dockerode-in-docker-only', 'locations/simulated/dockerode.ts', pack('dockerode')),
  breaks('ssh2-in-ssh-only', 'locations/docker/ssh.ts', pack('ssh2')),
  breaks('digest-only-hashes', 'engine/support/digest.ts', pack('node:fs')),
  breaks('pattern-knows-re2js', 'engine/support/pattern.ts', pack('rxjs')),
]

/** A violation of every law that is about imports. */
export const badFiles: readonly Planted[] = [
  ...roomLaws,
  ...serverLaws,
  ...doorLaws,
  ...floorLaws,
  ...packageLaws,
]

/** Breaks a law together with a bad file: the cruiser reports a circle once, at the module where it closes. */
export const accomplices: Readonly<Record<string, string>> = {
  'policies/hen.ts': call('./egg.js') + 'export const x: number = 1\n',
}

/** The packages that the planted tree pretends to have installed. */
export const shippedPackages: readonly string[] = [
  ...[
    'rxjs',
    're2js',
    'parse-duration',
    'fastest-levenshtein',
    'yaml',
    'ajv',
    'liquidjs',
    'semver',
    '@marcbachmann/cel-js',
  ],
  ...[
    'dockerode',
    'tar-stream',
    'ssh2',
    '@sinclair/typebox',
    'express',
    'pino',
    'inversify',
    'better-sqlite3',
    'yauzl',
  ],
]
