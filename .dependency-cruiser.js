// The walls of the house (ARCHITECTURE.md) as rules. test/architecture/laws.test.ts plants a violation of each one
// and sees it caught, so a rule that no longer bites fails the tests.

const rooms = '^(engine|blueprints|policies|locations|server|catalog)/'
const thought = '^(engine|policies|blueprints|catalog)/'
const outside = '(test|bench)'
const proof = `^${outside}/`

/** The inner floors of the engine, lowest first; a floor sees itself and those below it. */
const floors = [
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
]

/** The folders of reconcile, lowest first: what is known, what calls are made of it, what is decided, who keeps, who looks. */
const stages = ['facts', 'calls', 'decide', 'keep', 'look']

/** Leaves of locations/: shared by places, and a place never. */
const leaves = '(ssh|cloud-init|supervisor)'

/** Rooms that are entered by their index.ts only; the places of locations/ have a rule of their own. */
const doors = {
  engine: '^engine/',
  blueprints: '^blueprints/',
  policies: '^policies/',
  catalog: '^catalog/',
  api: '^server/api/',
  handlers: '^server/handlers/',
  http: '^server/http/',
  storage: '^server/storage/',
  rehearsal: '^server/rehearsal/',
  proof: '^server/proof/',
}

/** Package names as a pattern of where they are found; a package's types count as the package. */
const packages = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`

const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown']
const erased = ['type-only', 'type-import']

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

/** *from* may use these packages and no others. */
const onlyPackages = (name, from, ...allowed) =>
  rule(
    name,
    `${allowed.length === 0 ? 'No package' : `Only ${allowed.join(', ')}`} may be imported here.`,
    from,
    { dependencyTypes: npm, ...(allowed.length === 0 ? {} : { pathNot: [packages(...allowed)] }) },
  )

/** These packages may be used in *home* and nowhere else. */
const packagesOnlyIn = (name, home, ...names) =>
  rule(
    name,
    `${names.join(', ')} stop at one door, so that leaving them is one change.`,
    { path: rooms, pathNot: home },
    { path: packages(...names) },
  )

const general = [
  rule(
    'no-cycles',
    'A runtime import cycle has no first module; a type may point back.',
    {},
    { circular: true, viaOnly: { dependencyTypesNot: erased } },
  ),
  rule(
    'no-orphans',
    'A module that nobody imports and that imports nobody is dead.',
    { orphan: true, path: rooms, pathNot: ['/main\\.ts$', '\\.d\\.ts$', '/index\\.ts$', '\\.m?js$'] },
    {},
  ),
  rule(
    'no-unresolved',
    'What is imported must exist; what is built may not be there yet.',
    {},
    { couldNotResolve: true, pathNot: '(^|/)dist/' },
  ),
  rule(
    'no-undeclared-packages',
    'Declare what you use in package.json.',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  rule(
    'no-dev-deps-in-rooms',
    'The rooms ship; development tools do not. What runs the tests is one of those tools.',
    { path: rooms, pathNot: '^server/bootstrap/test\\.mjs$' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: erased, pathNot: ['node_modules/@types/'] },
  ),
  rule('test-is-a-leaf', 'Nothing that ships knows its proof.', { pathNot: proof }, { path: proof }),
  rule(
    'thought-has-no-io',
    'These rooms are pure: define a port and let server or locations implement it.',
    { path: thought, pathNot: '^engine/support/digest\\.ts$' },
    { dependencyTypes: ['core'] },
  ),
  rule(
    'digest-only-hashes',
    'The one window onto Node in the engine is hashing.',
    { path: '^engine/support/digest\\.ts$' },
    { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  ),
]

const roomsSee = [
  rule(
    'engine-stands-alone',
    'The engine knows nothing of ours; others come to it.',
    { path: '^engine/' },
    { path: `^(blueprints|policies|locations|server|catalog|${outside})/` },
  ),
  rule(
    'policies-see-the-engine',
    'A policy sees the engine and nothing else of ours.',
    { path: '^policies/' },
    { path: `^(blueprints|locations|server|catalog|${outside})/` },
  ),
  rule(
    'blueprints-see-the-engine',
    'Reading documents needs the spec and nothing else of ours.',
    { path: '^blueprints/' },
    { path: `^(policies|locations|server|catalog|${outside})/` },
  ),
  rule(
    'locations-see-the-engine',
    'A place knows the port and the leaves, and nothing else of ours.',
    { path: '^locations/' },
    { path: `^(blueprints|policies|server|catalog|${outside})/` },
  ),
  rule(
    'catalog-sees-blueprints',
    'The catalog sees the engine and blueprints.',
    { path: '^catalog/' },
    { path: `^(policies|locations|server|${outside})/` },
  ),
  rule(
    'dialects-are-strangers',
    'A dialect sees what all dialects share, and no other dialect.',
    { path: '^blueprints/dialects/([^/]+)/' },
    { path: '^blueprints/dialects/[^/]+/', pathNot: '^blueprints/dialects/$1/' },
  ),
  rule(
    'locations-are-strangers',
    'A place sees the leaves and no other place; a leaf sees leaves.',
    { path: '^locations/([^/]+)/' },
    { path: '^locations/', pathNot: ['^locations/$1/', `^locations/${leaves}/`] },
  ),
]

const serverSees = [
  rule(
    'api-stands-alone',
    'Wire types are what both faces and the server agree on: nothing of ours, not even types, and no Node.',
    { path: '^server/api/' },
    { path: `^(engine|blueprints|policies|locations|catalog|server|${outside})/`, pathNot: '^server/api/' },
  ),
  rule(
    'api-runs-anywhere',
    'Wire types also run in a browser.',
    { path: '^server/api/' },
    { dependencyTypes: ['core'] },
  ),
  rule(
    'faces-speak-wire',
    'CLI and console do nothing that the REST API cannot; only the CLI entry picks a transport.',
    { path: '^server/(cli|web)/', pathNot: '^server/cli/main\\.ts$' },
    {
      path: `^(engine|blueprints|policies|locations|catalog|server|${outside})/`,
      pathNot: ['^server/api/', '^server/$1/'],
    },
  ),
  rule(
    'cli-entry-picks-the-transport',
    'The CLI entry sees its commands, the wire and, for verbs without a server, the composition.',
    { path: '^server/cli/main\\.ts$' },
    {
      path: `^(engine|blueprints|policies|locations|catalog|server|${outside})/`,
      pathNot: ['^server/(api|cli|compose)/'],
    },
  ),
  rule(
    'web-runs-in-a-browser',
    'The console has no Node.',
    { path: '^server/web/' },
    { dependencyTypes: ['core'] },
  ),
  rule(
    'http-sees-handlers',
    'HTTP maps the wire to handlers and knows nothing behind them.',
    { path: '^server/http/' },
    {
      path: `^(blueprints|policies|locations|catalog|server|${outside})/`,
      pathNot: '^server/(http|api|handlers)/',
    },
  ),
  rule(
    'http-takes-engine-types',
    'HTTP may name what the engine yields, never call it: that is what handlers are for.',
    { path: '^server/http/' },
    { path: '^engine/', dependencyTypesNot: erased },
  ),
  rule(
    'handlers-see-thought',
    'Handlers see the wire, engine, blueprints and catalog; the rest is handed to them.',
    { path: '^server/handlers/' },
    { path: `^(policies|locations|server|${outside})/`, pathNot: '^server/(handlers|api)/' },
  ),
  rule(
    'storage-implements-ports',
    'Storage implements ports of engine, blueprints and catalog and is seen by compose alone.',
    { path: '^server/storage/' },
    { path: `^(policies|locations|server|${outside})/`, pathNot: '^server/storage/' },
  ),
  rule(
    'rehearsals-are-imagined',
    'A rehearsal is the engine at places that are handed in: nothing of it reaches anything that is real.',
    { path: '^server/rehearsal/' },
    { path: `^(blueprints|policies|locations|catalog|server|${outside})/`, pathNot: '^server/rehearsal/' },
  ),
  rule(
    'proofs-are-rehearsals',
    'A proof is many rehearsals, and knows nothing else.',
    { path: '^server/proof/' },
    {
      path: `^(blueprints|policies|locations|catalog|server|${outside})/`,
      pathNot: '^server/(proof|rehearsal)/',
    },
  ),
  rule(
    'compose-alone-knows-the-adapters',
    'Concrete places, policies and stores are chosen in one room.',
    { path: rooms, pathNot: ['^(policies|locations)/', '^server/(compose|storage)/'] },
    { path: '^(policies|locations|server/storage)/' },
  ),
  rule(
    'compose-is-entered-by-mains',
    'Only an entry point composes.',
    { path: rooms, pathNot: ['^server/compose/', '^server/main\\.ts$', '^server/cli/main\\.ts$'] },
    { path: '^server/compose/' },
  ),
  rule(
    'main-composes',
    'The entry decides nothing: it composes and starts.',
    { path: '^server/main\\.ts$' },
    { path: rooms, pathNot: '^server/compose/' },
  ),
]

const packagesSeen = [
  onlyPackages(
    'engine-knows-only-rxjs',
    { path: '^engine/', pathNot: '^engine/support/pattern\\.ts$' },
    'rxjs',
  ),
  onlyPackages('pattern-knows-re2js', { path: '^engine/support/pattern\\.ts$' }, 're2js'),
  onlyPackages(
    'policies-know-only-rxjs',
    { path: '^policies/', pathNot: '^policies/(rules/expression|schedule/timetable)\\.ts$' },
    'rxjs',
  ),
  onlyPackages(
    'rules-know-their-language',
    { path: '^policies/rules/expression\\.ts$' },
    '@marcbachmann/cel-js',
  ),
  onlyPackages('timetables-know-the-calendar', { path: '^policies/schedule/timetable\\.ts$' }, 'croner'),
  onlyPackages(
    'blueprints-packages',
    { path: '^blueprints/' },
    ...['yaml', 'ajv', 'liquidjs', 'fastest-levenshtein', 'parse-duration'],
  ),
  onlyPackages('catalog-knows-only-semver', { path: '^catalog/' }, 'semver'),
  onlyPackages(
    'docker-packages',
    { path: '^locations/docker/' },
    'dockerode',
    'tar-stream',
    'rxjs',
    'p-queue',
  ),
  onlyPackages('ssh-packages', { path: '^locations/ssh/' }, 'ssh2', 'p-queue'),
  onlyPackages(
    'places-packages',
    { path: '^locations/', pathNot: '^locations/(docker|ssh)/' },
    'rxjs',
    'p-queue',
  ),
  onlyPackages('api-knows-only-typebox', { path: '^server/api/' }, '@sinclair/typebox'),
  onlyPackages(
    'http-packages',
    { path: '^server/http/' },
    ...['express', 'helmet', 'swagger-ui-dist', '@sinclair/typebox', 'rxjs'],
  ),
  onlyPackages(
    'cli-packages',
    { path: '^server/cli/' },
    ...['commander', 'picocolors', 'string-width', 'eventsource-parser'],
  ),
  onlyPackages('web-knows-no-package', { path: '^server/web/' }),
  packagesOnlyIn('yaml-in-read-only', '^blueprints/read/', 'yaml'),
  packagesOnlyIn('ajv-in-schema-only', '^blueprints/schema/', 'ajv'),
  packagesOnlyIn('liquid-in-template-only', '^blueprints/template/', 'liquidjs'),
  packagesOnlyIn('express-in-http-only', '^server/http/', 'express', 'helmet', 'swagger-ui-dist'),
  packagesOnlyIn('inversify-in-compose-only', '^server/compose/', 'inversify', 'reflect-metadata'),
  packagesOnlyIn('sqlite-in-storage-only', '^server/storage/', 'better-sqlite3'),
  packagesOnlyIn('zip-in-storage-only', '^server/storage/', 'yauzl'),
  packagesOnlyIn('dockerode-in-docker-only', '^locations/docker/', 'dockerode'),
  packagesOnlyIn('ssh2-in-ssh-only', '^locations/ssh/', 'ssh2'),
]

const entrances = [
  ...Object.entries(doors).map(([name, door]) =>
    rule(
      `enter-${name}-by-its-door`,
      'A room is entered by its index.ts. Tests may look inside.',
      { pathNot: [door, proof] },
      { path: door, pathNot: `${door}index\\.ts$` },
    ),
  ),
  ...Object.entries(doors).map(([name, door]) =>
    rule(
      `no-own-door-in-${name}`,
      'Inside a room, import the file that you mean; the own front door makes cycles.',
      { path: door, pathNot: `${door}index\\.ts$` },
      { path: `${door}index\\.ts$` },
    ),
  ),
  rule(
    'enter-a-place-by-its-door',
    'A place is entered by its index.ts. Tests may look inside.',
    { pathNot: ['^locations/', proof] },
    { path: '^locations/[^/]+/', pathNot: '^locations/[^/]+/index\\.ts$' },
  ),
  rule(
    'enter-a-leaf-by-its-door',
    'A leaf is entered by its index.ts, by places too.',
    { path: '^locations/([^/]+)/' },
    { path: '^locations/[^/]+/', pathNot: ['^locations/$1/', '^locations/[^/]+/index\\.ts$'] },
  ),
  rule(
    'no-own-door-in-a-place',
    'Inside a place, import the file that you mean; the own front door makes cycles.',
    { path: '^locations/([^/]+)/', pathNot: '^locations/[^/]+/index\\.ts$' },
    { path: '^locations/$1/index\\.ts$' },
  ),
]

const innerFloors = [
  ...floors.map((floor, height) =>
    rule(
      `engine-floor-${floor}`,
      `Floors of the engine, lowest first: ${floors.join(' < ')} < engine.ts.`,
      { path: `^engine/${floor}/` },
      { path: '^engine/', pathNot: [`^engine/(${floors.slice(0, height + 1).join('|')})/`] },
    ),
  ),
  ...stages
    .slice(0, -1)
    .map((stage, height) =>
      rule(
        `reconcile-${stage}`,
        `Inside reconcile, lowest first: ${stages.join(' < ')}.`,
        { path: `^engine/reconcile/${stage}/` },
        { path: `^engine/reconcile/(${stages.slice(height + 1).join('|')})/` },
      ),
    ),
  rule(
    'spec-is-plain-data',
    'What is stored and compared knows no streams.',
    { path: '^engine/(spec|entity|expression)/' },
    { path: packages('rxjs') },
  ),
  rule(
    'diff-is-pure',
    'Deciding takes books and time and returns a plan; it watches nothing.',
    {
      path: '^engine/reconcile/(facts|calls|decide)/',
    },
    { path: packages('rxjs') },
  ),
]

export default {
  forbidden: [...general, ...roomsSee, ...serverSees, ...entrances, ...innerFloors, ...packagesSeen],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json', '.node'],
    },
    skipAnalysisNotInRules: true,
    reporterOptions: { text: { highlightFocused: true } },
  },
}
