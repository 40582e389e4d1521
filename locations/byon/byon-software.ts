import { digestOfText, type RunState } from '../../engine/index.js'
import type { SshSessions } from '../ssh/index.js'
import { SupervisorClient } from '../supervisor/index.js'
import type { ByonConfig } from './byon-config.js'
import type { Found } from './byon-finder.js'
import { directoryOf, instanceOf } from './byon-record.js'

/** Software on machines: each has a supervisor at its host, reached by ssh. */
export class ByonSoftware {
  readonly #sessions: SshSessions
  readonly #config: ByonConfig

  constructor(sessions: SshSessions, config: ByonConfig) {
    this.#sessions = sessions
    this.#config = config
  }

  /** Runs that a machine knows; none of one that is not complete. Rejects as ssh does. */
  async status(machine: Found, signal: AbortSignal): Promise<readonly RunState[]> {
    if (!machine.claim.isComplete) return []
    return this.supervisor(machine).status({ signal, timeout: this.#config.timeout })
  }

  /**
   * Its secret follows from the machine's token, which is known to us and to the engine, and at its host to nobody but the user who
   * owns its directory.
   */
  supervisor({ host, look, claim }: Found): SupervisorClient {
    const { token } = claim.record
    return new SupervisorClient(
      (command, stdin, options) => this.#sessions.run(host.ssh, command, { ...options, stdin }),
      {
        root: directoryOf(look, token),
        instance: instanceOf(look, claim) ?? '',
        secret: digestOfText(`supervisor of ${token}`),
      },
    )
  }
}
