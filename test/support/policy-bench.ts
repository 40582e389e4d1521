import { from } from 'rxjs'
import { HostScheduler } from '../../engine/index.js'
import type {
  AttachedPolicy,
  Intent,
  Json,
  JsonObject,
  MemberCondition,
  PolicyKind,
  PolicySubject,
  Reading,
  SensorYield,
} from '../../engine/index.js'

/** A role 'web' with room to scale. */
export const WEB: PolicySubject = { path: 'web', min: 1, max: 10, initial: 3 }

export const sensorReading = (entity: string, value: Json, at: number, sensor = 'load'): Reading => ({
  kind: 'sensor',
  at,
  entity,
  sensor,
  value,
})

export const condition = (change: Partial<MemberCondition> = {}): MemberCondition => ({
  state: 'running',
  up: true,
  incarnation: 1,
  run: 1,
  reason: '',
  ...change,
})

export const memberReading = (
  entity: string,
  at: number,
  change: Partial<MemberCondition> = {},
): Reading => ({
  kind: 'member',
  at,
  entity,
  sensor: '',
  value: condition(change),
})

export const failedRun = (entity: string, at: number, run: number, incarnation = 1): Reading =>
  memberReading(entity, at, { state: 'failed', up: false, run, incarnation, reason: 'exited with code 1' })

export const wakeReading = (entity: string, at: number): Reading => ({
  kind: 'wake',
  at,
  entity,
  sensor: '',
  value: null,
})

/** The policy of a kind, or the test's failure with its problems. */
export function attach(kind: PolicyKind, config: JsonObject, subject: PolicySubject = WEB): AttachedPolicy {
  const answer = kind.attach(subject, config)
  if ('policy' in answer) return answer.policy
  throw new Error(answer.problems.map(({ message }) => message).join('; '))
}

/** What one policy asked, and when. */
export interface Asked {
  readonly at: number
  readonly intent: Intent
}

/**
 * One policy driven by hand in virtual time: readings go through its pipeline, wakes are kept. With `restarts`, its
 * memory goes through JSON before every reading, as a restart of the process does; with a `memory` it is one that is set anew.
 */
export class PolicyBench {
  readonly asked: Asked[] = []
  readonly yielded: (SensorYield & { readonly at: number })[] = []
  readonly #policy: AttachedPolicy
  readonly #restarts: boolean
  #memory: JsonObject
  #wakeAt: number | undefined

  constructor(
    policy: AttachedPolicy,
    options: { readonly restarts?: boolean; readonly memory?: JsonObject } = {},
  ) {
    this.#policy = policy
    this.#restarts = options.restarts ?? false
    this.#memory = options.memory ?? policy.initial
  }

  get memory(): JsonObject {
    return this.#memory
  }

  get wakeAt(): number | undefined {
    return this.#wakeAt
  }

  /** Hands a reading in at its own time, or at `now`; what was due before comes first. */
  read(reading: Reading, now: number = reading.at): readonly Intent[] {
    this.passUntil(now)
    return this.#run(reading, now)
  }

  /** Lets time pass: every wake that falls due is given. */
  passUntil(time: number): void {
    for (let wake = this.#wakeAt; wake !== undefined && wake <= time; wake = this.#wakeAt) {
      this.#run(wakeReading('web', wake), wake)
    }
  }

  intents<K extends Intent['kind']>(
    kind: K,
  ): readonly (Asked & { readonly intent: Extract<Intent, { kind: K }> })[] {
    return this.asked.filter((asked) => asked.intent.kind === kind) as never
  }

  #run(reading: Reading, now: number): readonly Intent[] {
    if (this.#restarts) this.#memory = JSON.parse(JSON.stringify(this.#memory)) as JsonObject
    const intents: Intent[] = []
    const cell = {
      read: () => this.#memory,
      write: (memory: JsonObject, wakeAt: number | undefined) => {
        this.#memory = memory
        this.#wakeAt = wakeAt
      },
    }
    this.#policy
      .pipeline(cell)(from([reading]), new HostScheduler(now))
      .subscribe((given) =>
        given.kind === 'yield' ? this.yielded.push({ at: now, ...given }) : intents.push(given),
      )
    this.asked.push(...intents.map((intent) => ({ at: now, intent })))
    return intents
  }
}
