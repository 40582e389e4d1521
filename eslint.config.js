// The lint laws of the house. Each message says what to do instead; test/architecture/laws.test.ts plants a
// violation of every law below and sees it caught.
import js from '@eslint/js'
import vitest from '@vitest/eslint-plugin'
import prettier from 'eslint-config-prettier'
import jsdoc from 'eslint-plugin-jsdoc'
import rxjsX from 'eslint-plugin-rxjs-x'
import tseslint from 'typescript-eslint'

const rooms = ['engine', 'blueprints', 'policies', 'locations', 'server', 'catalog']
const typescript = ['**/*.ts']
const roomFiles = rooms.map((room) => `${room}/**/*.ts`)
/** The rooms that think: no clock, no chance, no environment, no I/O. */
const thought = ['engine/**/*.ts', 'policies/**/*.ts', 'blueprints/**/*.ts', 'catalog/**/*.ts']
const proof = ['test/**/*.ts', 'bench/**/*.ts', 'vitest.config.ts']

/** The two places that subscribe; everything else composes streams and hands them on. */
const subscribers = ['engine/policy/policy-run.ts', 'server/http/**/*event*.ts']
/** The one stateful operator is made of operators that hide memory. */
const foldFiles = ['policies/operators/fold.ts', 'engine/policy/**/fold.ts', 'engine/policy/fold.ts']

const namedExportsOnly = [
  { selector: 'ExportAllDeclaration', message: 'List what is exported by name; `export *` hides the door.' },
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Export by name; a default export has as many names as users.',
  },
  {
    selector: 'ExportSpecifier[exported.name="default"]',
    message: 'Export by name; a default export has as many names as users.',
  },
]
const wallClock = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Take the time from the Clock that was handed in; `new Date()` reads the wall.',
  },
  {
    selector: 'CallExpression[callee.name="Date"]',
    message: 'Take the time from the Clock that was handed in; `Date()` reads the wall.',
  },
  { selector: 'ImportExpression', message: 'Loading code is I/O: take what you need as an argument.' },
]
const subscribeElsewhere = [
  {
    selector: 'CallExpression[callee.property.name="subscribe"]',
    message: 'Only the policy host and the event stream subscribe; return the stream instead.',
  },
]

const clockMessage = 'Time is an argument: use the Clock (or the scheduler) that was handed in.'
const chanceMessage = 'Ids and randomness are arguments: use the IdSource that was handed in.'
const environmentMessage =
  'This room has no environment: take the value as an argument; server/compose reads it.'
const ioMessage = 'This room does no I/O: define a port and let server or locations implement it.'

const thoughtGlobals = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) => ({
    name,
    message: clockMessage,
  })),
  ...['crypto'].map((name) => ({ name, message: chanceMessage })),
  ...['process', 'globalThis', 'global', 'require'].map((name) => ({ name, message: environmentMessage })),
  ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'].map((name) => ({ name, message: ioMessage })),
]
const thoughtProperties = [
  { object: 'Date', property: 'now', message: clockMessage },
  { object: 'AbortSignal', property: 'timeout', message: clockMessage },
  { object: 'Math', property: 'random', message: chanceMessage },
]

const ambientSchedulers = {
  group: ['rxjs', 'rxjs/*'],
  importNames: [
    'asyncScheduler',
    'asapScheduler',
    'animationFrameScheduler',
    'queueScheduler',
    'VirtualTimeScheduler',
  ],
  message: 'The scheduler is an argument; an ambient one reads the wall and the virtual one does not scale.',
}
/** Operators that keep memory which no checkpoint sees. */
const hiddenMemory = {
  group: ['rxjs', 'rxjs/*'],
  importNames: [
    ...['audit', 'auditTime', 'buffer', 'bufferCount', 'bufferTime', 'bufferToggle', 'bufferWhen'],
    ...['debounce', 'debounceTime', 'delay', 'delayWhen', 'distinct', 'distinctUntilChanged'],
    ...[
      'distinctUntilKeyChanged',
      'exhaustMap',
      'expand',
      'mergeScan',
      'pairwise',
      'publishReplay',
      'reduce',
    ],
    ...[
      'ReplaySubject',
      'BehaviorSubject',
      'sample',
      'sampleTime',
      'scan',
      'shareReplay',
      'switchAll',
      'switchMap',
    ],
    ...[
      'switchMapTo',
      'switchScan',
      'throttle',
      'throttleTime',
      'timeout',
      'window',
      'windowCount',
      'windowTime',
    ],
    ...['windowToggle', 'windowWhen'],
  ],
  message: 'This operator hides memory from the checkpoint; keep it in `fold(step)`.',
}

/** Rules of form that hold in every TypeScript file of the house. */
const form = {
  eqeqeq: 'error',
  'no-console': 'error',
  complexity: ['error', 10],
  'max-depth': ['error', 3],
  'max-params': ['error', 4],
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/strict-boolean-expressions': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  // Plain data is a type with named keys: `{ readonly [name: string]: X }` says what the keys are.
  '@typescript-eslint/consistent-indexed-object-style': 'off',
  '@typescript-eslint/consistent-type-definitions': 'off',
  'rxjs-x/no-ignored-subscription': 'error',
  'rxjs-x/no-nested-subscribe': 'error',
  'rxjs-x/no-unsafe-takeuntil': 'error',
  'rxjs-x/throw-error': 'error',
}

const documented = {
  'jsdoc/require-jsdoc': [
    'error',
    {
      publicOnly: true,
      require: { ClassDeclaration: true, FunctionDeclaration: true },
      contexts: ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration'],
      checkConstructors: false,
      enableFixer: false,
    },
  ],
}

const loose = {
  complexity: 'off',
  'max-depth': 'off',
  'max-params': 'off',
  'max-lines': ['error', { max: 800, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': 'off',
  '@typescript-eslint/explicit-module-boundary-types': 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/strict-boolean-expressions': 'off',
  '@typescript-eslint/unbound-method': 'off',
  'rxjs-x/no-ignored-subscription': 'off',
}

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', '.weir', 'test/fixtures', '**/*.d.ts'] },
  js.configs.recommended,
  {
    files: typescript,
    extends: [
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
      rxjsX.configs.recommended,
    ],
    plugins: { jsdoc },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: form,
  },
  {
    files: roomFiles,
    rules: {
      ...documented,
      'no-restricted-syntax': ['error', ...namedExportsOnly, ...subscribeElsewhere],
    },
  },
  {
    files: thought,
    rules: {
      'no-restricted-globals': ['error', ...thoughtGlobals],
      'no-restricted-properties': ['error', ...thoughtProperties],
      'no-restricted-syntax': ['error', ...namedExportsOnly, ...subscribeElsewhere, ...wallClock],
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [ambientSchedulers] }],
    },
  },
  {
    files: ['policies/**/*.ts'],
    ignores: foldFiles,
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [ambientSchedulers, hiddenMemory] }],
    },
  },
  {
    // Hashing is arithmetic: the one window of the engine onto Node, and only this wide.
    files: ['engine/support/digest.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: 'node:crypto', allowImportNames: ['createHash'], message: 'Hashing only.' }] },
      ],
    },
  },
  {
    files: subscribers,
    rules: { 'no-restricted-syntax': ['error', ...namedExportsOnly] },
  },
  {
    files: subscribers.filter((path) => path.startsWith('engine/')),
    rules: { 'no-restricted-syntax': ['error', ...namedExportsOnly, ...wallClock] },
  },
  {
    // A front door is a list of names, as long as the room promises much.
    files: ['**/index.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: proof,
    rules: { ...loose, 'no-restricted-syntax': ['error', ...namedExportsOnly] },
  },
  {
    files: ['test/**/*.ts'],
    plugins: { vitest },
    rules: {
      ...vitest.configs.recommended.rules,
      // A suite that skips says so in its title; assertions may live in shared helpers and contract suites.
      'vitest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect', 'expect*', 'assert*', 'fc.assert', '**.assert'] },
      ],
      'vitest/no-standalone-expect': 'off',
      'vitest/valid-title': ['error', { allowArguments: true }],
    },
  },
  { files: ['vitest.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['bench/**'], rules: { 'no-console': 'off' } },
  {
    // Runs before anything is installed, so it is plain JavaScript that Node understands as it stands.
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      ecmaVersion: 2024,
      globals: {
        process: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        URL: 'readonly',
      },
    },
    rules: { 'no-console': 'off', eqeqeq: 'error', complexity: ['error', 12] },
  },
  prettier,
)
