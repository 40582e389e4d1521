import PQueue from 'p-queue'
import type { RunAnswer, RunState } from '../../engine/index.js'
import { awaitCommand } from '../supervisor/index.js'
import type { ContainerFacts, DockerClient, Call } from './docker-client.js'
import { LABEL } from './docker-labels.js'
import { instanceOf } from './docker-observe.js'
import { DIRECTORY } from './docker-shapes.js'

/** Waits that are begun at once: nobody is kept from his work by them. */
const ARMING = 2

/** What is known of the runs of one instance of a machine. */
interface Watched {
  readonly instance: string
  /** As they were read last; undefined when that does not hold any more. */
  runs: readonly RunState[] | undefined
  /** Raised by each command: what was read before it ended is not kept. */
  version: number
  /** The exec that waits for the end of a run, by the run's token; 'none' while there is none, or none any more. */
  readonly waits: Map<string, string>
}

const NONE = 'none'

/**
 * Knows whether runs inside of containers still run, without going there: for each a detached exec waits for its end,
 * which the engine tells as an event and, when asked about the exec, at no cost. Only what has changed is read again.
 */
export class DockerRunWatch {
  readonly #client: DockerClient
  readonly #machines = new Map<string, Watched>()
  readonly #arming = new PQueue({ concurrency: ARMING })

  constructor(client: DockerClient) {
    this.#client = client
  }

  /** The runs of a machine: as they were read last, if all that ran then runs still; else as `read` says now. */
  async runs(
    machine: ContainerFacts,
    call: Call,
    read: () => Promise<readonly RunState[]>,
  ): Promise<readonly RunState[]> {
    const watched = this.#watched(machine)
    const { runs, version } = watched
    if (runs !== undefined && (await this.#allRun(watched, runs, call)) && watched.version === version)
      return runs
    const before = watched.version
    const fresh = await read()
    if (watched.version === before) watched.runs = fresh
    this.#awaitEnds(machine.Id, watched, fresh)
    return fresh
  }

  /** Carries out a command that begins a run. What was known is kept, with that run. */
  async begin(machine: ContainerFacts, start: () => Promise<RunAnswer>): Promise<RunAnswer> {
    const watched = this.#watched(machine)
    const known = watched.runs
    const version = outdate(watched)
    let begun: RunState | undefined
    try {
      const answer = await start()
      if ('run' in answer) begun = answer.run
      return answer
    } finally {
      const wasAlone = watched.version === version
      outdate(watched)
      if (begun !== undefined) {
        if (wasAlone && known !== undefined) watched.runs = withRun(known, begun)
        this.#awaitEnds(machine.Id, watched, [begun])
      }
    }
  }

  /** Carries out a command after which nothing that was known is relied on. */
  async change<T>(machine: ContainerFacts, command: () => Promise<T>): Promise<T> {
    const watched = this.#watched(machine)
    outdate(watched)
    try {
      return await command()
    } finally {
      outdate(watched)
    }
  }

  /** Nothing is known any more of a machine that is gone. */
  forget(token: string): void {
    this.#machines.delete(token)
  }

  #watched(machine: ContainerFacts): Watched {
    const token = machine.Config.Labels?.[LABEL.token] ?? machine.Id
    const instance = instanceOf(machine) ?? machine.Id
    const known = this.#machines.get(token)
    if (known?.instance === instance) return known
    const watched: Watched = { instance, runs: undefined, version: 0, waits: new Map() }
    this.#machines.set(token, watched)
    return watched
  }

  async #allRun({ waits }: Watched, runs: readonly RunState[], call: Call): Promise<boolean> {
    const running = runs.filter(({ state }) => state === 'running')
    const waited = await Promise.all(
      running.map(async ({ token }) => {
        const exec = waits.get(token)
        if (exec === undefined || exec === NONE) return false
        if (await this.#client.isExecRunning(exec, call)) return true
        waits.set(token, NONE)
        return false
      }),
    )
    return waited.every((isRunning) => isRunning)
  }

  /** Once for each run, and without consequence when it fails: then each look goes there. */
  #awaitEnds(id: string, { waits }: Watched, runs: readonly RunState[]): void {
    for (const { token, state } of runs) {
      if (state !== 'running') waits.delete(token)
      else if (!waits.has(token)) {
        waits.set(token, NONE)
        this.#arming
          .add(async () => {
            const command = awaitCommand(DIRECTORY.root, token)
            waits.set(token, await this.#client.execDetached(id, command, QUIET))
          })
          .catch(() => undefined)
      }
    }
  }
}

const QUIET: Call = { signal: new AbortController().signal }

/** From now on, what was read before does not count. */
function outdate(watched: Watched): number {
  watched.runs = undefined
  watched.version += 1
  return watched.version
}

function withRun(runs: readonly RunState[], begun: RunState): readonly RunState[] {
  return [...runs.filter(({ token }) => token !== begun.token), begun]
}
