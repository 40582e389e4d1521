import { digestOfText, type CommandAnswer, type CommandOutput } from '../../engine/index.js'
import type { RunAnswer, RunRequest, RunState } from '../../engine/index.js'
import { awaitCommand, SupervisorClient } from '../supervisor/index.js'
import type { Call, ContainerFacts, DockerClient } from './docker-client.js'
import { execCommand } from './docker-exec.js'
import { LABEL } from './docker-labels.js'
import { instanceOf } from './docker-observe.js'
import { DIRECTORY } from './docker-shapes.js'

/** Software on containers: each has a supervisor inside, reached by exec. Rejects as the client does. */
export class DockerSoftware {
  readonly #client: DockerClient
  readonly #writable: readonly string[]

  /** `writable`: directories into which runs may bring files, besides run and install directory. */
  constructor(client: DockerClient, writable: readonly string[]) {
    this.#client = client
    this.#writable = writable
  }

  /** A service that runs is waited for inside of the container: the end of that wait is an event of the engine. */
  async run(machine: ContainerFacts, request: RunRequest, call: Call): Promise<RunAnswer> {
    const answer = await this.#supervisor(machine).run(request, call)
    if (request.mode === 'service' && 'run' in answer && answer.run.state === 'running')
      this.#awaitEnd(machine.Id, request.token)
    return answer
  }

  endRun(machine: ContainerFacts, token: string, grace: number, call: Call): Promise<CommandAnswer> {
    return this.#supervisor(machine).endRun(token, grace, call)
  }

  output(machine: ContainerFacts, token: string, limit: number, call: Call): Promise<CommandOutput> {
    return this.#supervisor(machine).output(token, limit, call)
  }

  logs(machine: ContainerFacts, lines: number, call: Call): Promise<string> {
    return this.#supervisor(machine).logs(lines, call)
  }

  status(machine: ContainerFacts, call: Call): Promise<readonly RunState[]> {
    return this.#supervisor(machine).status(call)
  }

  /** Beside everything else, and without consequence when it fails: the period of observation remains. */
  #awaitEnd(id: string, token: string): void {
    const call = { signal: new AbortController().signal }
    this.#client.execDetached(id, awaitCommand(DIRECTORY.root, token), call).catch(() => undefined)
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
