import type { CommandAnswer, ResourceRef } from '../../engine/index.js'
import { commandAnswer, missing, thrownAnswer } from './byon-failures.js'
import type { ByonFinder, Found, Round } from './byon-finder.js'
import type { ByonSoftware } from './byon-software.js'
import type { HostShell } from './host-shell.js'

/** What turning machines on and off takes. */
export interface PowerParts {
  readonly finder: ByonFinder
  readonly shell: HostShell
  readonly software: ByonSoftware
}

/** One command to one machine. */
export interface PowerCall {
  readonly ref: ResourceRef
  readonly round: Round
  readonly signal: AbortSignal
}

/** Turns machines on and off, and gives hosts back with nothing left on them. Hosts themselves are left as they are. */
export class ByonPower {
  readonly #parts: PowerParts

  constructor(parts: PowerParts) {
    this.#parts = parts
  }

  start(call: PowerCall): Promise<CommandAnswer> {
    const absent: CommandAnswer = { kind: 'refused', failure: missing(call.ref).record }
    return this.#at(call, absent, ({ host }) => this.#turn(host, call, 'on'))
  }

  /** Ends all runs, each with this grace, side by side. The machine is off when nothing of them runs. */
  stop(call: PowerCall & { readonly grace: number }): Promise<CommandAnswer> {
    return this.#at(call, { kind: 'done' }, async (found) => {
      const { shell, software } = this.#parts
      const { ref, signal, grace } = call
      const runs = (await software.status(found, signal)).filter(
        ({ state }) => state === 'running' || state === 'lost',
      )
      const supervisor = software.supervisor(found)
      const end = { signal, generation: ref.generation }
      const ends = await Promise.all(runs.map(({ token }) => supervisor.endRun(token, grace, end)))
      const failed = ends.find(({ kind }) => kind !== 'done')
      if (failed !== undefined) return failed
      const quiet = commandAnswer(found.host, await shell.quiet(found.host, ref.token, signal))
      return quiet.kind === 'done' ? this.#turn(found.host, call, 'off') : quiet
    })
  }

  /** By force. Done when nothing with its mark runs and its directory and its claim are gone. */
  destroy(call: PowerCall): Promise<CommandAnswer> {
    return this.#at(call, { kind: 'done' }, async ({ host }) => {
      const { finder, shell } = this.#parts
      const { ref, signal } = call
      const gone = commandAnswer(host, await shell.release(host, ref.token, signal))
      if (gone.kind === 'done') finder.forget(ref.token)
      return gone
    })
  }

  async #turn(host: Found['host'], { ref, signal }: PowerCall, to: 'on' | 'off'): Promise<CommandAnswer> {
    return commandAnswer(host, await this.#parts.shell.power(host, ref, to, signal))
  }

  async #at(
    { ref, round }: PowerCall,
    absent: CommandAnswer,
    act: (found: Found) => Promise<CommandAnswer>,
  ): Promise<CommandAnswer> {
    const search = await this.#parts.finder.search(ref.token, round)
    if (search.kind === 'absent') return absent
    if (search.kind === 'unknown') return { kind: 'not-ready', reason: search.silent.join('; ') }
    try {
      return await act(search)
    } catch (error) {
      return thrownAnswer(error)
    }
  }
}
