import type { ResourceKind } from '../../engine/index.js'
import type { Clock } from '../../engine/index.js'
import type { Happenings } from './happenings.js'
import type { HintBoard } from './hint-board.js'
import type { Ledger, LedgerEntry, LedgerFile } from './ledger.js'
import type { Load } from './load-model.js'
import type { CallRule, Script } from './script.js'

/** What the handle holds. */
export interface HandleParts {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly script: Script
  readonly happenings: Happenings
  readonly hints: HintBoard
}

/** The hand behind a simulated place: does by call what a script does by time, and sees everything. */
export class SimulatedHandle {
  readonly #parts: HandleParts

  constructor(parts: HandleParts) {
    this.#parts = parts
  }

  /** Ends a machine by force; it stays, off. */
  async kill(token: string): Promise<void> {
    await this.#parts.happenings.happen({ what: 'stop', token })
  }

  /** Removes a resource; with `back`, it returns as it was after so many milliseconds. */
  async vanish(token: string, back = 0): Promise<void> {
    await this.#parts.happenings.happen({ what: 'vanish', token, for: back })
  }

  /** Loses the host of a machine, which goes on there; with `ms`, for so long. */
  async loseHost(token: string, ms = 0): Promise<void> {
    await this.#parts.happenings.happen({ what: 'unreachable', token, for: ms })
  }

  /** Loses all hosts of a zone; with `ms`, for so long. Gives the tokens of the machines there. */
  async loseHosts(zone: string, ms = 0): Promise<readonly string[]> {
    return this.#parts.happenings.happen({ what: 'unreachable', zone, for: ms })
  }

  /** Breaks a resource for good: it stays, 'failed'. */
  async fail(token: string): Promise<void> {
    await this.#parts.happenings.happen({ what: 'fail', token })
  }

  /** Ends the services of a machine with this code. */
  async crash(token: string, exitCode = 1): Promise<void> {
    await this.#parts.happenings.happen({ what: 'crash', token, exitCode })
  }

  /** All machines that are on come back as other instances; their runs are lost. */
  async restartProvider(): Promise<void> {
    await this.#parts.happenings.happen({ what: 'restart-provider' })
  }

  /** Ends by force all machines of a zone; gives their tokens. */
  async loseZone(zone: string): Promise<readonly string[]> {
    return this.#parts.happenings.happen({ what: 'stop', zone })
  }

  /** Nothing can be reached for so many milliseconds. */
  async cutOff(ms: number): Promise<void> {
    await this.#parts.happenings.happen({ what: 'outage', for: ms })
  }

  /** Hints are lost for so many milliseconds. */
  async loseHints(ms: number): Promise<void> {
    await this.#parts.happenings.happen({ what: 'event-gap', for: ms })
  }

  /** A role has this load from now on. */
  async setLoad(role: string, load: Load): Promise<void> {
    await this.#parts.happenings.happen({ what: 'load', role, load })
  }

  /** Puts a rule before all others. */
  arm(rule: CallRule): void {
    this.#parts.script.arm(rule)
  }

  /** Makes something that is not ours. */
  async makeStranger(name: string, kind: ResourceKind = 'machine'): Promise<void> {
    const { clock, ledger } = this.#parts
    await ledger.makeStranger(kind, name, clock.now())
  }

  /** Everything that is or was at the far end, with its counts. */
  async inventory(): Promise<readonly LedgerEntry[]> {
    const { clock, ledger } = this.#parts
    return ledger.inventory(clock.now())
  }

  /** Files on a machine or volume, in the clear. */
  async files(token: string): Promise<readonly LedgerFile[]> {
    const entries = await this.inventory()
    return entries.find((entry) => entry.token === token)?.files ?? []
  }
}
