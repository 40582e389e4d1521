import type { EffectAnswer, OpenEffect, RunRecord } from '../../workflow/run-record.js'
import { isTreeRequest } from '../../workflow/tree-request.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import type { KeptDesks } from '../kept-desk.js'
import { RunCommands } from './commands.js'
import { RunContainers } from './containers.js'
import { RunHttp } from './http.js'
import type { RunBook } from './wish.js'
import { RunTree } from './tree.js'

/** Does what runs have announced, apart from calls of effectors, which are runs of their own. */
export class RunOutside {
  readonly #commands: RunCommands
  readonly #containers: RunContainers
  readonly #http: RunHttp
  readonly #tree: RunTree

  constructor(application: KeptApplication, ports: KeptPorts, desks: KeptDesks & { readonly runs: RunBook }) {
    this.#commands = new RunCommands(application, ports)
    this.#containers = new RunContainers(application, ports)
    this.#http = new RunHttp(ports)
    this.#tree = new RunTree(application, ports, desks)
  }

  /** What came of an effect, which may have been announced in an earlier life; undefined where nobody wants to know any more. */
  done(
    effect: OpenEffect,
    run: RunRecord,
    how: { readonly isFound: boolean; readonly isWanted: () => boolean },
  ): Promise<EffectAnswer | undefined> {
    const { token, request } = effect
    const { isFound, isWanted } = how
    if (isTreeRequest(request)) return this.#tree.done({ token, request, run, isWanted })
    if (request.kind === 'container') return this.#containers.done(effect, how)
    return request.kind === 'http' ? this.#http.done(effect, isFound) : this.#commands.done(effect, isWanted)
  }

  /** Takes away what is left of an effect whose answer is recorded. */
  async settled(effect: OpenEffect): Promise<void> {
    if (effect.request.kind === 'container') await this.#containers.remove(effect)
  }

  /** Ends what nobody waits for any more. */
  async abandon(effect: OpenEffect): Promise<void> {
    if (effect.request.kind === 'http') this.#http.abandon(effect.token)
    else if (effect.request.kind === 'container') await this.#containers.remove(effect)
    else if (effect.request.kind === 'command') await this.#commands.abandon(effect)
  }

  close(): void {
    this.#http.close()
  }
}
