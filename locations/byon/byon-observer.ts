import type { OwnedResource, ResourceRef, ResourceState, RunState } from '../../engine/index.js'
import type { ByonFinder, Found, Round } from './byon-finder.js'
import { directoryOf, instanceOf } from './byon-record.js'
import type { ByonSoftware } from './byon-software.js'

/** Says what is at the hosts. */
export class ByonObserver {
  readonly #finder: ByonFinder
  readonly #software: ByonSoftware

  constructor(finder: ByonFinder, software: ByonSoftware) {
    this.#finder = finder
    this.#software = software
  }

  /** Undefined where nobody can say: its host does not answer, or is not known and one does not. */
  async observe(ref: ResourceRef, round: Round, signal: AbortSignal): Promise<ResourceState | undefined> {
    if (ref.kind !== 'machine') return { token: ref.token, kind: ref.kind, state: 'absent' }
    const search = await this.#finder.search(ref.token, round)
    if (search.kind === 'unknown') return undefined
    if (search.kind === 'absent') return { token: ref.token, kind: 'machine', state: 'absent' }
    return stateOf(search, await this.#software.status(search, signal))
  }

  /** What carries the mark of an engine at the hosts that answer. */
  async listOwned(engine: string, round: Round): Promise<readonly OwnedResource[]> {
    const views = await this.#finder.all(round)
    return views.flatMap((view) =>
      'silent' in view
        ? []
        : view.look.claims
            .filter(({ record }) => record.marks.engine === engine)
            .map((claim) => ({
              ...stateOf({ ...view, claim }, []),
              name: claim.record.name,
              createdAt: claim.record.createdAt,
            })),
    )
  }
}

/** A machine as the port tells of it. */
export function stateOf({ host, look, claim }: Found, runs: readonly RunState[]): ResourceState {
  const { token, marks, ports } = claim.record
  const instance = instanceOf(look, claim)
  const directory = directoryOf(look, token)
  const { address } = host.ssh
  return {
    token,
    kind: 'machine',
    marks,
    state: powerOf(claim.isComplete, instance),
    ...(instance === undefined ? {} : { instance }),
    id: `${host.name}:${directory}`,
    address,
    ports: Object.fromEntries(
      Object.entries(ports).map(([name, number]) => [
        name,
        { inside: number, outside: number, host: address },
      ]),
    ),
    runDirectory: `${directory}/run`,
    installDirectory: `${directory}/install`,
    ...(host.zone === '' ? {} : { zone: host.zone }),
    runs,
  }
}

/** A claim whose directories are not there yet is on its way. */
function powerOf(isComplete: boolean, instance: string | undefined): ResourceState['state'] {
  if (!isComplete) return 'creating'
  return instance === undefined ? 'stopped' : 'running'
}
