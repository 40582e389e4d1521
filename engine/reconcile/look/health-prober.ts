import type { SpecNode } from '../../entity/spec-tree.js'
import type { ProbeAnswer } from '../../ports/prober.js'
import type { HealthSpec } from '../../spec/entity-spec.js'
import { Secret } from '../../support/secret.js'
import { phaseWork } from '../calls/call.js'
import { CheckRunner } from '../calls/check-run.js'
import { SECRET_IN_COMMAND } from '../calls/shape.js'
import type { SlotState } from '../facts/landscape.js'
import { worldFor } from '../facts/tracked-world.js'
import type { Keeper } from '../keep/keeper.js'
import { answered, type FarAsker, type AskerPorts } from './far-asker.js'

/** Milliseconds for a probe, and between health probes where the spec names none. */
const PROBE_TIMEOUT = 2_000
const HEALTH_PERIOD = 1_000

/** Bad answers of a run in a row, and when the first of them came. */
interface Misses {
  readonly count: number
  readonly since: number
}

/** Finds out whether what was launched is up, by its probe, its command or its check phase, and tells the keeper. */
export class HealthProber {
  readonly #keeper: Keeper
  readonly #ports: AskerPorts
  readonly #asker: FarAsker
  readonly #misses = new Map<string, Misses>()
  readonly #checks = new CheckRunner()

  constructor(keeper: Keeper, ports: AskerPorts, asker: FarAsker) {
    this.#keeper = keeper
    this.#ports = ports
    this.#asker = asker
  }

  /** Forgets an entity that is gone. */
  forget(path: string): void {
    this.#checks.forget(path)
  }

  /** Milliseconds to the next probe: what comes up is asked more often than its period says. */
  period(state: SlotState): number {
    const period = state.node?.spec.health?.period ?? HEALTH_PERIOD
    return state.condition.up ? period : Math.min(period, 100)
  }

  async probe(state: SlotState): Promise<void> {
    const run = state.record.current?.run
    if (state.node === undefined || run?.stage !== 'launched') return
    const wrong = await this.#whatIsWrong(state, state.node)
    const healthy = wrong === undefined
    if (!isCurrentRun(state, run.token) || !this.#isSettled(state, run.token, healthy)) return
    if (isKnown(state, run.token, healthy)) return
    const since = this.#ports.clock.now()
    this.#keeper.judge(state.path, { token: run.token, healthy, reason: wrong ?? 'answers', since })
  }

  /**
   * One good answer is enough; bad ones count only when there are enough in a row, after the grace. What comes up is
   * asked more often than its period says, which must not make it fail sooner.
   */
  #isSettled(state: SlotState, token: string, healthy: boolean): boolean {
    if (healthy) {
      this.#misses.delete(token)
      return true
    }
    const { failures, grace, period } = state.node?.spec.health ?? DEFAULT_HEALTH
    const now = this.#ports.clock.now()
    const { count, since } = this.#misses.get(token) ?? { count: 0, since: now }
    this.#misses.set(token, { count: count + 1, since })
    return count + 1 >= failures && now - since >= (failures - 1) * period && now - state.since >= grace
  }

  async #whatIsWrong(state: SlotState, { spec }: SpecNode): Promise<string | undefined> {
    const health = spec.health ?? DEFAULT_HEALTH
    const { http, timeout } = health
    if (http !== undefined) {
      const wrong = wrongAnswer(await this.#asker.ask(state.path, http.url, { timeout }), http.expectStatus)
      if (wrong !== undefined) return wrong
    }
    const { command } = health
    if (command === undefined) return this.#check(state, timeout)
    if (this.#asker.text(state.path, command) instanceof Secret) return SECRET_IN_COMMAND
    return wrongExit(await this.#asker.exec(state, command, { timeout }))
  }

  /** The check phase, with files and environment like every other. */
  async #check(state: SlotState, usual: number): Promise<string | undefined> {
    const { sources, clock } = this.#ports
    const { current } = state.record
    const world = worldFor(state.path, clock.now(), sources)
    const work = current && phaseWork('check', current, sources.landscape.facts(state), world)
    if (work === undefined) return undefined
    if (work.kind === 'failed') return work.reason
    if (work.kind === 'waiting') return `its check waits for ${work.on.join(', ')}`
    const { workflow } = work.value
    if (workflow !== undefined) return this.#ports.checked(state.path, workflow, current?.token ?? '')
    const target = this.#asker.target(state)
    if (target === undefined) return wrongExit(undefined)
    return wrongExit(
      await answered(this.#checks.run(state.path, target, work.value, checkLimit(state, usual))),
    )
  }
}

/** What holds for software whose health is told by its check phase alone. */
const DEFAULT_HEALTH: HealthSpec = { period: HEALTH_PERIOD, timeout: PROBE_TIMEOUT, failures: 3, grace: 0 }

/** Milliseconds for one check: what its phase names, or else what the entity's health does. */
function checkLimit({ node }: SlotState, usual: number): number {
  const named = node?.spec.software?.phases.check?.timeout ?? 0
  return named > 0 ? named : usual
}

function isCurrentRun({ record }: SlotState, token: string): boolean {
  return record.current?.run?.token === token
}

function isKnown({ observed }: SlotState, token: string, healthy: boolean): boolean {
  return observed?.health?.token === token && observed.health.healthy === healthy
}

function wrongExit(ran: { readonly exitCode?: number } | undefined): string | undefined {
  return ran?.exitCode === 0 ? undefined : `its check ended with ${ran?.exitCode ?? 'no answer'}`
}

function wrongAnswer(answer: ProbeAnswer, expected: number | undefined): string | undefined {
  if (answer.kind === 'failed') return answer.reason
  const fine = expected === undefined ? answer.status < 400 : answer.status === expected
  return fine ? undefined : `answers ${answer.status}`
}
