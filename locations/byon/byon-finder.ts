import { failureOf } from '../../engine/index.js'
import type { ByonConfig, ByonHost } from './byon-config.js'
import type { Claim, HostLook } from './byon-record.js'
import type { HostShell } from './host-shell.js'

/** A machine, and where it is. */
export interface Found {
  readonly host: ByonHost
  readonly look: HostLook
  readonly claim: Claim
}

/**
 * Where a token is: on a host; on none, for certain; or nobody can say, because a host on which it may be does not answer.
 */
export type Search =
  | ({ readonly kind: 'found' } & Found)
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'unknown'
      /** Whether it was seen on a host, or asked of one, that is silent now. */ readonly isPlaced: boolean
      /** What the hosts that are silent say for it. */ readonly silent: readonly string[]
    }

/** What a host showed, or why it showed nothing. */
export type HostView =
  { readonly host: ByonHost; readonly look: HostLook } | { readonly host: ByonHost; readonly silent: string }

/** One look at hosts for whatever asks at the same time: each is asked once. */
export class Round {
  readonly #shell: HostShell
  readonly #signal: AbortSignal
  readonly #views = new Map<ByonHost, Promise<HostView>>()

  constructor(shell: HostShell, signal: AbortSignal) {
    this.#shell = shell
    this.#signal = signal
  }

  look(host: ByonHost): Promise<HostView> {
    const known = this.#views.get(host)
    if (known !== undefined) return known
    const view = this.#shell.look(host, this.#signal).then(
      (look) => ({ host, look }),
      (error: unknown) => ({ host, silent: failureOf(error).message }),
    )
    this.#views.set(host, view)
    return view
  }
}

/** Finds machines by token: first where they were seen last, then everywhere. */
export class ByonFinder {
  readonly #shell: HostShell
  readonly #config: ByonConfig
  readonly #seen = new Map<string, ByonHost>()

  constructor(shell: HostShell, config: ByonConfig) {
    this.#shell = shell
    this.#config = config
  }

  round(signal: AbortSignal): Round {
    return new Round(this.#shell, signal)
  }

  async search(token: string, round: Round): Promise<Search> {
    const last = this.#seen.get(token)
    if (last !== undefined) {
      const view = await round.look(last)
      // It was seen there and nowhere else: while that host is silent, nobody can say.
      if ('silent' in view) return { kind: 'unknown', isPlaced: true, silent: [view.silent] }
      const found = foundIn(view, token)
      if (found !== undefined) return found
    }
    return this.#everywhere(token, round)
  }

  /** What all hosts show. */
  all(round: Round): Promise<readonly HostView[]> {
    return Promise.all(this.#config.hosts.map((host) => round.look(host)))
  }

  /** Remembers where a machine is. */
  saw(token: string, host: ByonHost): void {
    this.#seen.set(token, host)
  }

  forget(token: string): void {
    this.#seen.delete(token)
  }

  async #everywhere(token: string, round: Round): Promise<Search> {
    const views = await this.all(round)
    for (const view of views) {
      const found = 'look' in view ? foundIn(view, token) : undefined
      if (found === undefined) continue
      this.saw(token, found.host)
      return found
    }
    this.forget(token)
    const silent = views.flatMap((view) => ('silent' in view ? [view.silent] : []))
    return silent.length === 0 ? { kind: 'absent' } : { kind: 'unknown', isPlaced: false, silent }
  }
}

function foundIn(
  { host, look }: Omit<Found, 'claim'>,
  token: string,
): ({ readonly kind: 'found' } & Found) | undefined {
  const claim = look.claims.find(({ record }) => record.token === token)
  return claim === undefined ? undefined : { kind: 'found', host, look, claim }
}
