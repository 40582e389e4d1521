import type { Cancel, Clock, Random } from '../../engine/index.js'
import type { CallDesk } from './call-desk.js'
import type { HintBoard } from './hint-board.js'
import type { Disturbance, Ledger } from './ledger.js'
import type { LoadBook } from './load-book.js'
import type { ScriptEvent } from './script.js'

/** What happenings work on. */
export interface HappeningParts {
  readonly clock: Clock
  readonly random: Random
  readonly ledger: Ledger
  readonly desk: CallDesk
  readonly hints: HintBoard
  readonly loads: LoadBook
}

/** What is over after a while. */
const PASSING: ReadonlySet<Disturbance['what']> = new Set<Disturbance['what']>(['vanish', 'unreachable'])

/** Lets happen what the script says, at its time. */
export class Happenings {
  readonly #events: readonly ScriptEvent[]
  readonly #parts: HappeningParts
  readonly #cancels = new Set<Cancel>()
  #begun = false

  constructor(events: readonly ScriptEvent[], parts: HappeningParts) {
    this.#events = events
    this.#parts = parts
  }

  /** The script's time begins; once. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#parts.loads.begin(this.#parts.clock.now())
    for (const event of this.#events) this.#await(event, event.at, 1)
  }

  /** Lets something happen now. Gives the tokens of what it befell. */
  async happen(event: Omit<ScriptEvent, 'at'>): Promise<readonly string[]> {
    const { clock, desk, hints, loads } = this.#parts
    const { what, role, load } = event
    if (what === 'event-gap') hints.gap(event.for ?? 0)
    else if (what === 'outage') desk.cutOff(event.for ?? 0)
    else if (what !== 'load') return this.#disturb(what, event)
    else if (role !== undefined && load !== undefined) loads.set(role, load, clock.now())
    return []
  }

  /** Nothing more happens. */
  close(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }

  #await(event: ScriptEvent, delay: number, time: number): void {
    const cancel = this.#parts.clock.schedule(delay, () => {
      this.#cancels.delete(cancel)
      if (event.every !== undefined && time < (event.times ?? Infinity))
        this.#await(event, event.every, time + 1)
      if (event.probability !== undefined && this.#parts.random.next() >= event.probability) return
      void this.happen(event).catch(() => undefined)
    })
    this.#cancels.add(cancel)
  }

  async #disturb(what: Disturbance['what'], event: Omit<ScriptEvent, 'at'>): Promise<readonly string[]> {
    const { clock, hints, ledger, random } = this.#parts
    const { name, token, role, zone, count } = event
    const match = {
      ...(token === undefined ? {} : { token }),
      ...(name === undefined ? {} : { name }),
      ...(role === undefined ? {} : { role }),
      ...(zone === undefined ? {} : { zone }),
      ...(count === undefined ? {} : { count }),
      salt: count === undefined ? 0 : Math.floor(random.next() * 0x1_0000_0000),
    }
    const back = PASSING.has(what) ? (event.for ?? 0) : 0
    const tokens = await ledger.disturb({ what, match, back, exitCode: event.exitCode ?? 1 }, clock.now())
    hints.stir()
    return tokens
  }
}
