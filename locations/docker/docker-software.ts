import { digestOfText, type CommandAnswer, type CommandOutput } from '../../engine/index.js'
import type { RunAnswer, RunRequest, RunState } from '../../engine/index.js'
import { SupervisorClient } from '../supervisor/index.js'
import type { Call, ContainerFacts, DockerClient } from './docker-client.js'
import { execCommand } from './docker-exec.js'
import { LABEL } from './docker-labels.js'
import { instanceOf } from './docker-observe.js'
import { DockerRunWatch } from './docker-run-watch.js'
import { DIRECTORY } from './docker-shapes.js'

/** Software on containers: each has a supervisor inside, reached by exec. Rejects as the client does. */
export class DockerSoftware {
  readonly #client: DockerClient
  readonly #writable: readonly string[]
  readonly #watch: DockerRunWatch

  /** `writable`: directories into which runs may bring files, besides run and install directory. */
  constructor(client: DockerClient, writable: readonly string[]) {
    this.#client = client
    this.#writable = writable
    this.#watch = new DockerRunWatch(client)
  }

  run(machine: ContainerFacts, request: RunRequest, call: Call): Promise<RunAnswer> {
    return this.#watch.begin(machine, () => this.#supervisor(machine).run(request, call))
  }

  endRun(machine: ContainerFacts, token: string, grace: number, call: Call): Promise<CommandAnswer> {
    return this.#watch.change(machine, () => this.#supervisor(machine).endRun(token, grace, call))
  }

  output(machine: ContainerFacts, token: string, limit: number, call: Call): Promise<CommandOutput> {
    return this.#supervisor(machine).output(token, limit, call)
  }

  logs(machine: ContainerFacts, lines: number, call: Call): Promise<string> {
    return this.#supervisor(machine).logs(lines, call)
  }

  status(machine: ContainerFacts, call: Call): Promise<readonly RunState[]> {
    return this.#watch.runs(machine, call, () => this.#supervisor(machine).status(call))
  }

  /** Frees what is remembered of a machine that is gone. */
  forget(token: string): void {
    this.#watch.forget(token)
  }

  /**
   * Without a mark on its execs: what the supervisor has begun is to outlive the exec that began it. Its secret follows
   * from the machine's token, which is known to us and to the engine, and to nobody inside of the container.
   */
  #supervisor(machine: ContainerFacts): SupervisorClient {
    return new SupervisorClient(
      (command, stdin, options) => execCommand(this.#client, machine.Id, command, { ...options, stdin }),
      {
        root: DIRECTORY.root,
        instance: instanceOf(machine) ?? machine.Id,
        secret: digestOfText(`supervisor of ${machine.Config.Labels?.[LABEL.token] ?? machine.Id}`),
        runDirectory: DIRECTORY.run,
        installDirectory: DIRECTORY.install,
        writable: [DIRECTORY.run, DIRECTORY.install, ...this.#writable],
      },
    )
  }
}
