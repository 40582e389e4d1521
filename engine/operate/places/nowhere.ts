import { NEVER } from 'rxjs'
import type { ResourceState } from '../../entity/resource.js'
import {
  DEFAULT_CAPABILITIES,
  type Capabilities,
  type CommandAnswer,
  type EnsureAnswer,
  type Location,
  type ResourceRef,
} from '../../ports/location.js'
import { NOWHERE } from '../../reconcile/facts/placement.js'
import { Failure } from '../../support/failure.js'

/** Milliseconds between looks at what cannot change by itself. */
const SELDOM = 600_000

/** What is there neither stops nor starts: only what workflows do for it does. */
const CAPABILITIES: Capabilities = {
  ...DEFAULT_CAPABILITIES,
  ...{ stoppable: false, concurrency: 1_000, bulk: 1_000, observePeriod: SELDOM },
}

/**
 * Where what is done by workflows alone is put: nothing is made there, so what is asked for is there as soon as it is asked for, and
 * goes as easily. What the books say is so, also after a restart.
 */
export function nowhere(): Location {
  const gone = new Set<string>()
  const all = <T, A>(of: readonly T[], answer: (one: T) => A): Promise<readonly A[]> =>
    Promise.resolve(of.map(answer))
  const done = (refs: readonly ResourceRef[]): Promise<readonly CommandAnswer[]> =>
    all(refs, () => ({ kind: 'done' }))
  const resource = (token: string): ResourceState => ({
    ...{ token, kind: 'machine' },
    state: gone.has(token) ? 'absent' : 'running',
  })
  return {
    name: NOWHERE,
    kind: 'nowhere',
    capabilities: CAPABILITIES,
    ensure: (wants) =>
      all(wants, ({ token }): EnsureAnswer => ({ kind: 'created', resource: resource(token) })),
    observe: (refs) => all(refs, ({ token }) => resource(token)),
    start: done,
    stop: done,
    destroy: (refs) => {
      for (const { token } of refs) gone.add(token)
      return done(refs)
    },
    listOwned: () => Promise.resolve([]),
    run: () => Promise.resolve({ kind: 'refused', failure: noMachine().record }),
    endRun: () => Promise.resolve({ kind: 'done' }),
    output: () => Promise.reject(noMachine()),
    exec: () => Promise.reject(noMachine()),
    copy: () => Promise.resolve({ kind: 'refused', failure: noMachine().record }),
    logs: () => Promise.resolve(''),
    metrics: () => Promise.resolve([]),
    capacity: () => Promise.resolve({}),
    watch: () => NEVER,
    test: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
}

function noMachine(): Failure {
  return new Failure({ cause: 'unsupported', retry: 'never', message: 'it has no machine' })
}
