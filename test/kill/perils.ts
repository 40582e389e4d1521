import type { Moment } from './mortal.js'

/** Verbs that cause something at a far end. */
const EFFECTS: ReadonlySet<string> = new Set(['ensure', 'start', 'stop', 'destroy', 'run', 'endRun', 'copy'])

/** Milliseconds after its command was given at which an install is under way. */
const MID_INSTALL = 300

/**
 * The dangers of one process: it counts the transactions and effects of its life, and kills the process without a word
 * at the moment that was set for it.
 */
export class Perils {
  readonly #moment: Moment | undefined
  #commits = 0
  #effects = 0
  #installs = 0
  #busy = 0
  readonly #change: (() => void)[] = []

  constructor(moment: Moment | undefined) {
    this.#moment = moment
  }

  /** How many there have been. */
  get tally(): { readonly commits: number; readonly effects: number } {
    return { commits: this.#commits, effects: this.#effects }
  }

  /** Answers from outside of the process that have not come yet. */
  get busy(): number {
    return this.#busy
  }

  /** Resolves when one of them comes. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#change.push(resolve))
  }

  /** A transaction is about to become durable, or has. */
  point(when: 'before' | 'after'): void {
    if (when === 'before') this.#commits += 1
    this.#mayDie(`${when}-commit`, this.#commits)
  }

  /** A store or far end whose calls are counted, and whose effects may be deadly. */
  around<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_target, name): unknown => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function' || typeof name !== 'string') return member
        const verb = member as (...args: unknown[]) => unknown
        if (name === 'watch') return verb.bind(target)
        return (...args: unknown[]) => {
          if (name === 'run' && isInstall(args[1])) this.#installing()
          return this.#call(name, () => verb.apply(target, args))
        }
      },
    })
  }

  async #call(verb: string, ask: () => unknown): Promise<unknown> {
    const ordinal = EFFECTS.has(verb) ? (this.#effects += 1) : 0
    if (ordinal > 0) this.#mayDie('before-effect', ordinal)
    this.#busy += 1
    try {
      const answer = await ask()
      if (ordinal > 0) this.#mayDie('after-effect', ordinal)
      return answer
    } finally {
      this.#busy -= 1
      for (const resolve of this.#change.splice(0)) resolve()
    }
  }

  /** An install command takes longer than this to be begun, and less than that to end. */
  #installing(): void {
    this.#installs += 1
    setTimeout(this.#mayDie.bind(this), MID_INSTALL, 'mid-install', this.#installs)
  }

  #mayDie(side: Moment['side'], ordinal: number): void {
    if (this.#moment?.side === side && this.#moment.ordinal === ordinal) process.kill(process.pid, 'SIGKILL')
  }
}

function isInstall(request: unknown): boolean {
  return typeof request === 'object' && request !== null && 'label' in request && request.label === 'install'
}
