import type { DesiredRecord } from '../../entity/desired.js'
import { arbitrate } from '../../policy/arbiter.js'
import {
  actorName,
  type Arbitration,
  type ArbiterState,
  type RateMemory,
  type Request,
} from '../../policy/arbiter-state.js'
import type { Change } from '../../store/store.js'
import { versionFor, type By, type Desire } from '../changes/desire.js'
import type { NewVersion } from '../changes/documents.js'
import { paced } from '../changes/rollouts.js'
import type { Desired, KeptApplication, KeptPorts } from '../kept-application.js'
import { standingFor } from './arbiter-standing.js'

/** Changes that may go in one batch beside the desired record. */
export const MOST_BESIDE = 80

/**
 * Restores what there was before a change that comes to members in turns, where a policy asks for that and the arbiter grants it: a
 * version like one that a person restores. The operation that brought the change has failed then.
 */
export class PolicyReverts {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts

  constructor(application: KeptApplication, ports: KeptPorts) {
    this.#application = application
    this.#ports = ports
  }

  /** `writes` says what is to be written once it is decided, in the commit that restores a version; gives what is left of it. */
  async make(
    request: Request,
    recent: RateMemory,
    now: number,
    writes: (decisions: Arbitration['decisions']) => readonly Change[],
  ): Promise<readonly Change[]> {
    const { desired } = this.#application.landscape
    const arbitrated = (wanted: DesiredRecord): Arbitration =>
      arbitrate(this.#state(wanted, request, recent), [request], now)
    const { decisions, desired: granted } = arbitrated(desired)
    const rollout = desired.rollouts?.[request.intent.kind === 'revert' ? request.intent.entity : '']
    if (granted === undefined || rollout === undefined) return writes(decisions)
    let written: readonly Change[] | undefined
    const by = { name: actorName(request.by), reason: request.intent.reason, now }
    const result = await this.#restore(rollout.restores, by, {
      isGranted: (wanted) => arbitrated(wanted).desired !== undefined,
      beside: () => (written ??= writes(decisions)).slice(0, MOST_BESIDE),
    })
    // Who was faster may have made it needless; it is asked for again where it is not.
    return result.kind === 'changed' ? (written ?? []).slice(MOST_BESIDE) : (written ?? writes([]))
  }

  #restore(version: number, by: By, how: Restoring): Promise<Desired> {
    const { documents } = this.#application
    return documents.restore(version, by.name, (made) =>
      this.#application.desire(
        (desired) => (how.isGranted(desired) ? this.#restored(desired, made, by) : { kind: 'same' }),
        {
          beside: ({ generation }) => [...made.changes, ...this.#tasks(by, generation), ...how.beside()],
        },
      ),
    )
  }

  #restored(desired: DesiredRecord, { record, tree }: NewVersion, by: By): Desire {
    const { version, restored } = record
    const wanted = versionFor(desired, tree, version, by)
    if (wanted.kind !== 'changed') return wanted
    const { landscape } = this.#application
    const next = { tree, version, restored }
    return { kind: 'changed', desired: paced(wanted.desired, landscape, next, this.#ports.policyKinds) }
  }

  #state(desired: DesiredRecord, request: Request, recent: RateMemory): ArbiterState {
    const about = { requests: [request], quota: this.#ports.quota }
    return { ...standingFor(this.#application, desired, about), recent }
  }

  #tasks({ name, reason, now }: By, generation: number): readonly Change[] {
    const { tasks, landscape } = this.#application
    const failure = { cause: 'invalid', retry: 'never', message: reason } as const
    const failed = tasks.endAll({ state: 'failed', endedAt: now, failure })
    const by = { tenant: landscape.desired.tenant, name }
    return [...failed, ...this.#application.operation('rollback', by, { reason, generation }).changes]
  }
}

interface Restoring {
  isGranted(desired: DesiredRecord): boolean
  beside(): readonly Change[]
}
