import type { ProofFault, ProofReport, ProofTrial, ProofWish, ScheduledFault } from '../../engine/index.js'
import { faultsOf } from './fault.js'
import { type Subject, type TrialOutcome, tryOut } from './trial.js'

/** How far is looked, and which part of it. */
export type Extent = Omit<ProofWish, 'within'>

/**
 * Tries all schedules of so many faults, in one order: the one without a fault, each first fault at each of its moments, and after
 * each the second ones. Ends with the first that breaks a law.
 */
export async function explore(subject: Subject, extent: Extent): Promise<ProofReport> {
  const tally = new Tally(subject)
  const peaceful = await tally.attempt([], extent.from === 0)
  const faults = faultsOf(subject.application, subject.levels)
  const firsts = extent.faults === 0 ? [] : scheduled(faults, momentsIn(peaceful, extent))
  let at = extent.from
  for (const first of firsts.slice(extent.from)) {
    if (tally.isOver || (at > extent.from && tally.schedules >= extent.most)) break
    const outcome = await tally.attempt([first])
    const seconds = extent.faults < 2 || outcome.idle ? [] : secondsAfter(first, faults, { outcome, extent })
    for (const second of seconds) await tally.attempt([first, second])
    at += 1
  }
  return tally.report(firsts.length, at)
}

/** Counts what is tried, and tries nothing more once a law was broken. */
class Tally {
  readonly #subject: Subject
  #schedules = 0
  #idle = 0
  #checks = 0
  #settling = 0
  #found: ProofTrial | undefined

  constructor(subject: Subject) {
    this.#subject = subject
  }

  get schedules(): number {
    return this.#schedules
  }

  get isOver(): boolean {
    return this.#found !== undefined
  }

  async attempt(schedule: readonly ScheduledFault[], counts = true): Promise<TrialOutcome> {
    if (this.isOver) return { ...NOTHING, schedule }
    const outcome = await tryOut(this.#subject, schedule)
    if (counts) this.#count(outcome)
    if (outcome.broken !== undefined) this.#found = outcome
    return outcome
  }

  report(firsts: number, at: number): ProofReport {
    return {
      firsts,
      schedules: this.#schedules,
      idle: this.#idle,
      checks: this.#checks,
      settling: this.#settling,
      ...(this.#found === undefined
        ? at < firsts
          ? { next: at }
          : {}
        : { counterexample: plain(this.#found) }),
    }
  }

  #count({ idle, checks, settling }: TrialOutcome): void {
    this.#schedules += 1
    this.#idle += idle ? 1 : 0
    this.#checks += checks
    this.#settling = Math.max(this.#settling, settling)
  }
}

const NOTHING = { events: [], effects: 0, idle: true, checks: 0, settling: 0 } as const

/** Without what only the explorer asks. */
export function plain({ schedule, broken, events }: ProofTrial): ProofTrial {
  return { schedule, ...(broken === undefined ? {} : { broken }), events }
}

type Moment = ScheduledFault['after']

/** Before each of the first effects that there were, and when all was settled. */
function momentsIn({ effects }: TrialOutcome, { steps }: Extent): readonly Moment[] {
  const counted = Array.from({ length: Math.min(steps, effects) }, (_one, at) => at)
  return [...counted, 'settled']
}

function scheduled(faults: readonly ProofFault[], moments: readonly Moment[]): readonly ScheduledFault[] {
  return moments.flatMap((after) =>
    faults.filter((fault) => isPossible(fault, after)).map((fault) => ({ after, fault })),
  )
}

/** Without an effect there is no death after it. */
function isPossible({ kind, when }: ProofFault, after: Moment): boolean {
  return !(kind === 'engine-dies' && when === 'after' && typeof after !== 'number')
}

/** Two that come together are tried in one order only. */
function secondsAfter(
  first: ScheduledFault,
  faults: readonly ProofFault[],
  { outcome, extent }: { readonly outcome: TrialOutcome; readonly extent: Extent },
): readonly ScheduledFault[] {
  const later = faults.slice(faults.indexOf(first.fault) + 1)
  return [...scheduled(later, ['at-once']), ...scheduled(faults, momentsIn(outcome, extent))]
}
