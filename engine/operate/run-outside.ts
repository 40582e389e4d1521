import type { EffectAnswer, OpenEffect } from '../workflow/run-record.js'
import type { KeptApplication, KeptPorts } from './kept-application.js'
import { RunCommands } from './run-commands.js'
import { RunHttp } from './run-http.js'

/** Does what runs have announced, apart from calls of effectors, which are runs of their own. */
export class RunOutside {
  readonly #commands: RunCommands
  readonly #http: RunHttp

  constructor(application: KeptApplication, ports: KeptPorts) {
    this.#commands = new RunCommands(application, ports)
    this.#http = new RunHttp(ports)
  }

  /** What came of an effect, which may have been announced in an earlier life; undefined where nobody wants to know any more. */
  done(
    effect: OpenEffect,
    { isFound, isWanted }: { readonly isFound: boolean; readonly isWanted: () => boolean },
  ): Promise<EffectAnswer | undefined> {
    return effect.request.kind === 'http'
      ? this.#http.done(effect, isFound)
      : this.#commands.done(effect, isWanted)
  }

  /** Ends what nobody waits for any more. */
  async abandon(effect: OpenEffect): Promise<void> {
    if (effect.request.kind === 'http') this.#http.abandon(effect.token)
    else await this.#commands.abandon(effect)
  }

  close(): void {
    this.#http.close()
  }
}
