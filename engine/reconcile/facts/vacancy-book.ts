import type { Vacancy } from './placement.js'
import type { Step, StepOutcome } from './step.js'

/** Milliseconds for which a site counts as full after it refused a machine: doubled each time in a row. */
const FULL_FIRST = 30_000
const FULL_MOST = 600_000

/** Answers that say that there was room: what is only begun is accounted for already. */
const HAD_ROOM: ReadonlySet<StepOutcome['answer']['kind']> = new Set<StepOutcome['answer']['kind']>([
  'created',
  'found',
  'pending',
])

interface Refusals {
  readonly count: number
  /** When one machine may be tried again. */
  readonly until: number
  /** Whether one has been tried and is not answered yet. */
  readonly tried: boolean
}

/**
 * Remembers which zones of a place had no room. A refusal counts for a while, then one machine is tried: it opens the
 * zone, or closes it for twice as long. Forgotten by a restart, which costs one try.
 */
export class VacancyBook {
  readonly #refusals = new Map<string, Refusals>()

  at(zone: string | undefined, now: number): Vacancy {
    const known = this.#refusals.get(zone ?? '')
    if (known === undefined) return 'open'
    return known.until > now ? 'full' : 'probing'
  }

  /** A zone that is tried again is full for all others until that is answered, or the answer is overdue. */
  noteTries(steps: readonly Step[], now: number): void {
    for (const step of steps) {
      const zone = zoneOf(step)
      const known = zone === undefined ? undefined : this.#refusals.get(zone)
      if (zone !== undefined && known !== undefined)
        this.#refusals.set(zone, { count: known.count, until: now + FULL_FIRST, tried: true })
    }
  }

  note(outcomes: readonly StepOutcome[], now: number): void {
    for (const { step, answer } of outcomes) {
      const zone = zoneOf(step)
      if (zone === undefined) continue
      if (HAD_ROOM.has(answer.kind)) this.#refusals.delete(zone)
      if (answer.kind !== 'refused') continue
      const { cause } = answer.failure
      if (cause === 'capacity' || cause === 'quota') this.#refuse(zone, now)
    }
  }

  #refuse(zone: string, now: number): void {
    const known = this.#refusals.get(zone)
    // Of many that were asked for at the same time, the first refusal says it all.
    if (known !== undefined && !known.tried && known.until > now) return
    const count = (known?.count ?? 0) + 1
    const wait = Math.min(FULL_MOST, FULL_FIRST * 2 ** Math.min(count - 1, 10))
    this.#refusals.set(zone, { count, until: now + wait, tried: false })
  }
}

/** The zone that a machine is asked for in; undefined for any other step. */
function zoneOf({ call }: Step): string | undefined {
  if (call.verb !== 'ensure' || call.want.shape.kind !== 'machine') return undefined
  return call.want.shape.zone ?? ''
}
