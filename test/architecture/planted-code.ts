/** A line of code, where it stands, and what the linter says of it. */
export interface PlantedCode {
  readonly what: string
  readonly path: string
  readonly code: string
  readonly says: string
}

const thinkingRooms = [
  'engine/task/planted.ts',
  'policies/planted.ts',
  'blueprints/planted.ts',
  'catalog/planted.ts',
]

const forbiddenInThought: readonly (readonly [string, string, string])[] = [
  ['Date.now', 'export const y: number = Date.now()', 'Time is an argument'],
  ['new Date()', 'export const y: Date = new Date()', 'Take the time from the Clock'],
  ['Math.random', 'export const y: number = Math.random()', 'Ids and randomness are arguments'],
  ['process', 'export const y: unknown = process.env', 'no environment'],
  ['setTimeout', 'export const y: unknown = setTimeout', 'Time is an argument'],
  ['performance', 'export const y: number = performance.now()', 'Time is an argument'],
  ['fetch', `export const y: unknown = fetch('there')`, 'does no I/O'],
  ['a dynamic import', `export const y: unknown = import('there')`, 'Loading code is I/O'],
]

const hidden = ['debounceTime', 'switchMap', 'bufferTime', 'scan', 'shareReplay', 'throttleTime']
const use = (operator: string): string =>
  `import { ${operator} } from 'rxjs'\nexport const y: unknown = ${operator}\n`
const subscribe = `import { of } from 'rxjs'\nexport const y: unknown = of(1).subscribe()\n`
const star = `export * from './other.js'\n`
const byDefault = `export default 1\n`

const everywhere = ['engine/task/planted.ts', 'locations/docker/planted.ts', 'server/handlers/planted.ts']

/** A violation of every law that is about code. */
export const lintViolations: readonly PlantedCode[] = [
  ...thinkingRooms.flatMap((path) =>
    forbiddenInThought.map(([what, code, says]) => ({ what, path, code, says })),
  ),
  ...hidden.map((operator) => ({
    what: operator,
    path: 'policies/enrichers/planted.ts',
    code: use(operator),
    says: 'hides memory',
  })),
  ...['engine/policy/planted.ts', 'policies/planted.ts'].map((path) => ({
    what: 'an ambient scheduler',
    path,
    code: use('asyncScheduler'),
    says: 'The scheduler is an argument',
  })),
  ...[...everywhere, 'policies/planted.ts', 'server/http/app.ts', 'engine/policy/arbiter.ts'].map((path) => ({
    what: 'subscribe',
    path,
    code: subscribe,
    says: 'Only the policy host and the event stream subscribe',
  })),
  ...[...everywhere, 'test/support/planted.ts', 'policies/index.ts'].flatMap((path) => [
    { what: 'export *', path, code: star, says: 'List what is exported by name' },
    { what: 'a default export', path, code: byDefault, says: 'Export by name' },
    {
      what: 'a default by another way',
      path,
      code: 'const y = 1\nexport { y as default }\n',
      says: 'Export by name',
    },
  ]),
  ...everywhere.map((path) => ({
    what: 'the console',
    path,
    code: `console.log('here')\n`,
    says: 'Unexpected console statement',
  })),
  {
    what: 'more of Node than hashing',
    path: 'engine/support/digest.ts',
    code: `import { randomUUID } from 'node:crypto'\nexport const y: string = randomUUID()\n`,
    says: 'Hashing only',
  },
  {
    what: 'a clock beside hashing',
    path: 'engine/support/digest.ts',
    code: 'export const y: number = Date.now()',
    says: 'Time is an argument',
  },
  {
    what: 'a clock beside a subscription',
    path: 'engine/policy/policy-run.ts',
    code: 'export const y: Date = new Date()',
    says: 'Take the time from the Clock',
  },
]

/** What the laws leave alone. */
export const innocentCode: readonly PlantedCode[] = [
  { what: 'subscribe', path: 'engine/policy/policy-run.ts', code: subscribe, says: '' },
  { what: 'subscribe', path: 'server/http/routes/events.ts', code: subscribe, says: '' },
  { what: 'scan', path: 'policies/operators/fold.ts', code: use('scan'), says: '' },
  { what: 'map', path: 'policies/planted.ts', code: use('map'), says: '' },
  {
    what: 'a given date',
    path: 'engine/task/planted.ts',
    code: 'export const y: Date = new Date(0)',
    says: '',
  },
  {
    what: 'a timer',
    path: 'locations/ssh/planted.ts',
    code: 'export const y: unknown = setTimeout',
    says: '',
  },
  {
    what: 'Date.now',
    path: 'server/compose/planted.ts',
    code: 'export const y: number = Date.now()',
    says: '',
  },
]
