import type { Intent, RolloutIntent, Turn } from '../../engine/index.js'
import { formatDuration } from '../config/duration.js'
import { wakeAmong } from '../operators/window.js'
import { look, openChecks, verdictOf } from './analysis.js'
import { type Coming, type RolloutMemory, type RolloutSubject, type Standing, isAdmitted } from './memory.js'
import { type CanaryStep, type RolloutSettings, countOf } from './settings.js'

/** Asked for again after so many milliseconds where nothing came of it. */
const ASK_AGAIN = 5_000

/** Asks for what the change of the document that is coming needs next. */
export function decideRollout(
  subject: RolloutSubject,
  memory: RolloutMemory,
  now: number,
): Turn<RolloutMemory> {
  const { coming } = memory
  if (coming?.stalled !== null) return { memory, intents: [] }
  return new Looking(subject, coming, memory, now).turn()
}

/** What is asked for, without of whom and why. */
type Wish = { readonly kind: 'finish' | 'stall' | 'revert' } | Pick<Advance, 'kind' | 'members' | 'dueAt'>

type Members = readonly (readonly [path: string, standing: Standing])[]

type Advance = Extract<RolloutIntent, { readonly kind: 'advance' }>

/** One look at a change that is coming. */
class Looking {
  readonly #path: string
  readonly #settings: RolloutSettings
  readonly #now: number
  readonly #coming: Coming
  #memory: RolloutMemory
  readonly #wakes: number[] = []
  readonly #intents: Intent[] = []

  constructor({ path, settings }: RolloutSubject, coming: Coming, memory: RolloutMemory, now: number) {
    this.#path = path
    this.#settings = settings
    this.#now = now
    this.#coming = coming
    this.#memory = memory
  }

  turn(): Turn<RolloutMemory> {
    this.#analyse()
    const failure = this.#whyFailed()
    if (failure === undefined || this.#settings.onFailure === 'continue') this.#goOn(failure)
    else this.#ask({ kind: this.#settings.onFailure === 'pause' ? 'stall' : 'revert' }, failure)
    return { memory: this.#memory, intents: this.#intents, ...wakeAmong(this.#wakes, this.#now) }
  }

  /** Looks at the checks when it is time, once something of the new version serves. */
  #analyse(): void {
    const { analysis } = this.#settings
    if (analysis === undefined) return
    const serving = this.#standing().filter(([, { up }]) => up)
    const updated = serving.filter(([, one]) => one.updated).map(([path]) => path)
    if (updated.length === 0) return
    const due = (this.#memory.checkedAt ?? this.#now) + analysis.every
    if (this.#memory.checkedAt !== null && due <= this.#now) {
      const others = serving.filter(([, one]) => !one.updated).map(([path]) => path)
      const about = { samples: this.#memory.samples, updated, others }
      const checks = look(analysis, this.#memory.checks, about, this.#now)
      this.#memory = { ...this.#memory, checks, checkedAt: this.#now }
    } else if (this.#memory.checkedAt === null) this.#memory = { ...this.#memory, checkedAt: this.#now }
    this.#wakes.push((this.#memory.checkedAt ?? this.#now) + analysis.every)
  }

  #whyFailed(): string | undefined {
    const { analysis } = this.#settings
    const verdict = analysis === undefined ? undefined : verdictOf(analysis, this.#memory.checks)
    if (verdict?.kind === 'failed') return verdict.reason
    return this.#whyLate() ?? this.#whyFailing()
  }

  #whyLate(): string | undefined {
    const { deadline, memberDeadline } = this.#settings
    const whole = this.#coming.since + deadline
    if (deadline > 0 && this.#now >= whole) return `it has not come to all within ${formatDuration(deadline)}`
    if (deadline > 0) this.#wakes.push(whole)
    const progress = this.#progressAt()
    for (const [path, { since }] of this.#unwell()) {
      const due = Math.max(progress, since) + memberDeadline
      if (this.#now >= due) return `${path} is not well within ${formatDuration(memberDeadline)}`
      this.#wakes.push(due)
    }
    return undefined
  }

  #whyFailing(): string | undefined {
    const { mostFailures } = this.#settings
    const failing = this.#admitted().find(([, { failures, before }]) => failures - before >= mostFailures)
    return failing === undefined
      ? undefined
      : `${failing[0]} has failed ${failing[1].failures - failing[1].before} times in a row`
  }

  #goOn(failure: string | undefined): void {
    const unwell = failure === undefined ? this.#unwell() : []
    const [first] = unwell
    if (first !== undefined) {
      this.#memory = { ...this.#memory, reachedAt: null }
      const others = unwell.length > 1 ? ` and ${unwell.length - 1} more` : ''
      this.#hold(
        'new-members',
        `${first[0]}${others}: not well yet for ${formatDuration(this.#settings.minHealthy)}`,
      )
      return
    }
    const reachedAt = this.#memory.reachedAt ?? this.#now
    this.#memory = { ...this.#memory, reachedAt }
    if (this.#isPaused(reachedAt) || this.#isUntold(failure)) return
    const why = failure === undefined ? '' : `; it goes on although ${failure}`
    if (this.#coming.through === 'all') this.#ask({ kind: 'finish' }, `all members are well${why}`)
    else this.#advance(why)
  }

  /** Whether the step of a canary that it has come to is to last longer. */
  #isPaused(reachedAt: number): boolean {
    const pause = this.#reached()?.pause ?? 0
    if (this.#coming.through === 'all' || pause === 0) return false
    if (pause === 'until-admitted') {
      this.#hold('pause', `${this.#coming.admitted} members have it; a person admits more`)
      return true
    }
    const until = reachedAt + pause
    if (until <= this.#now) return false
    this.#wakes.push(until)
    this.#hold('pause', `${this.#coming.admitted} members have it, for ${formatDuration(pause)} yet`)
    return true
  }

  /** Whether its checks have to say something yet of those that have it now. */
  #isUntold(failure: string | undefined): boolean {
    const { analysis } = this.#settings
    if (analysis === undefined || failure !== undefined || this.#coming.admitted === 0) return false
    const verdict = verdictOf(analysis, this.#memory.checks)
    if (verdict !== undefined) {
      this.#ask({ kind: 'stall' }, verdict.reason)
      return true
    }
    const open = openChecks(analysis, this.#memory.checks)
    if (open.length > 0) this.#hold('analysis', `nothing is told yet by ${open.join(', ')}`)
    return open.length > 0
  }

  #advance(why: string): void {
    const { members, admitted } = this.#coming
    const next = this.#settings.steps
      .map((step) => countOf(step.members, members))
      .find((count) => count > admitted)
    const count = next ?? admitted + countOf(this.#settings.batch, members)
    const { deadline } = this.#settings
    const due = deadline === 0 ? {} : { dueAt: this.#coming.since + deadline }
    const reason = admitted === 0 ? 'it begins' : `${admitted} of ${members} are well`
    this.#ask({ kind: 'advance', members: count >= members ? 'all' : count, ...due }, `${reason}${why}`)
  }

  /** The last step of a canary that it has come to. */
  #reached(): CanaryStep | undefined {
    const { admitted, members } = this.#coming
    return this.#settings.steps.findLast((step) => countOf(step.members, members) <= admitted)
  }

  #standing(): Members {
    return Object.entries(this.#memory.members).filter(([, { stays }]) => stays)
  }

  #admitted(): Members {
    return this.#standing().filter(([path]) => isAdmitted(this.#coming, path))
  }

  /** Those admitted that do not serve as the new version, or not for long enough. */
  #unwell(): Members {
    return this.#admitted().filter(([, one]) => {
      const wellAt = this.#wellAt(one)
      if (wellAt !== undefined && wellAt > this.#now) this.#wakes.push(wellAt)
      return wellAt === undefined || wellAt > this.#now
    })
  }

  /** When one counts as well; undefined while it does not serve as the new version. */
  #wellAt({ updated, up, since }: Standing): number | undefined {
    return updated && up ? since + this.#settings.minHealthy : undefined
  }

  /** When members were last admitted, or one last became well. */
  #progressAt(): number {
    const times = this.#admitted().flatMap(([, one]) => {
      const at = this.#wellAt(one)
      return at === undefined || at > this.#now ? [] : [at]
    })
    return Math.max(this.#memory.advancedAt, ...times)
  }

  #hold(rule: string, reason: string): void {
    this.#intents.push({ kind: 'hold', rule, reason })
  }

  #ask(wish: Wish, reason: string): void {
    const what = JSON.stringify(wish)
    const { asked } = this.#memory
    const again = asked?.what === what ? Math.min(asked.at, this.#now) + ASK_AGAIN : this.#now
    if (again > this.#now) {
      this.#wakes.push(again)
      return
    }
    this.#wakes.push(this.#now + ASK_AGAIN)
    this.#memory = { ...this.#memory, asked: { what, at: this.#now } }
    this.#intents.push({ ...wish, entity: this.#path, version: this.#coming.version, reason })
  }
}
