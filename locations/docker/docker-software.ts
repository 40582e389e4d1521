import type { CommandAnswer, CommandOutput, RunAnswer, RunRequest, RunState } from '../../engine/index.js'
import type { Call, ContainerFacts, DockerClient } from './docker-client.js'
import { execCommand } from './docker-exec.js'
import { instanceOf } from './docker-observe.js'

/** A supervisor of the runs on one machine. It answers what the world does, and rejects as its transport does. */
export interface Supervisor {
  run(request: RunRequest, call: Call): Promise<RunAnswer>
  endRun(token: string, grace: number, call: Call): Promise<CommandAnswer>
  output(token: string, limit: number, call: Call): Promise<CommandOutput>
  logs(lines: number, call: Call): Promise<string>
  status(call: Call): Promise<readonly RunState[]>
}

/** Runs one command on a machine, with this on its standard input. */
export type Transport = (
  command: readonly string[],
  stdin: string | Buffer,
  options: Call & { readonly timeout: number; readonly limit: number },
) => Promise<CommandOutput>

/** Opens the supervisor of one machine; `instance` is the identity of this very start of it. */
export type Supervise = (transport: Transport, instance: string) => Supervisor

/** Software on containers: each has a supervisor inside, reached by exec. */
export class DockerSoftware {
  readonly #client: DockerClient
  readonly #supervise: Supervise

  constructor(client: DockerClient, supervise: Supervise) {
    this.#client = client
    this.#supervise = supervise
  }

  run(machine: ContainerFacts, request: RunRequest, call: Call): Promise<RunAnswer> {
    return this.#of(machine).run(request, call)
  }

  endRun(machine: ContainerFacts, token: string, grace: number, call: Call): Promise<CommandAnswer> {
    return this.#of(machine).endRun(token, grace, call)
  }

  output(machine: ContainerFacts, token: string, limit: number, call: Call): Promise<CommandOutput> {
    return this.#of(machine).output(token, limit, call)
  }

  logs(machine: ContainerFacts, lines: number, call: Call): Promise<string> {
    return this.#of(machine).logs(lines, call)
  }

  status(machine: ContainerFacts, call: Call): Promise<readonly RunState[]> {
    return this.#of(machine).status(call)
  }

  /** Without a mark: what the supervisor has begun is to outlive the exec that began it. */
  #of(machine: ContainerFacts): Supervisor {
    const transport: Transport = (command, stdin, options) =>
      execCommand(this.#client, machine.Id, command, { ...options, stdin })
    return this.#supervise(transport, instanceOf(machine) ?? machine.Id)
  }
}
