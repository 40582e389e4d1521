import { Failure, type CommandAnswer, type CommandOutput, type MachineFile } from '../../engine/index.js'
import type { MetricSample, ResourceRef, RunAnswer, RunRequest } from '../../engine/index.js'
import { BoundedText } from '../supervisor/index.js'
import type { Call, ContainerFacts, DockerClient } from './docker-client.js'
import type { DockerConfig } from './docker-config.js'
import { execCommand, type ExecOptions } from './docker-exec.js'
import { asFailure, commandAnswer, faultOf, isNoContainer } from './docker-failures.js'
import { archiveOf, discardCommand, placeFiles, renameCommand, type PlacedFile } from './docker-files.js'
import type { DockerFinder } from './docker-finder.js'
import type { StatsReader } from './docker-metrics.js'
import { hostsSoftware } from './docker-observe.js'
import type { DockerObserver } from './docker-observer.js'
import type { DockerSoftware } from './docker-software.js'
import { demultiplexAll } from './docker-streams.js'

/** What working inside of machines takes. */
export interface MachineParts {
  readonly client: DockerClient
  readonly finder: DockerFinder
  readonly observer: DockerObserver
  readonly software: DockerSoftware
  readonly stats: StatsReader
  readonly config: DockerConfig
}

/** Bytes that are kept of what putting files in place prints, and of logs. */
const LIMIT = 1_048_576

/** Works inside of machines: commands, files, logs, measures, and software under its supervisor. */
export class DockerMachines {
  readonly #parts: MachineParts

  constructor(parts: MachineParts) {
    this.#parts = parts
  }

  /** Throws a Failure when there is no such machine or the engine cannot be asked. */
  async exec(machine: ResourceRef, command: readonly string[], options: ExecOptions): Promise<CommandOutput> {
    return this.#answer(async () => {
      const id = await this.#idOf(machine, options)
      return execCommand(this.#parts.client, id, command, options)
    })
  }

  /** Files arrive under other names and are put in place by renames; in a machine that is off nobody is looking. */
  async copy(
    machine: ResourceRef,
    files: readonly MachineFile[],
    mark: string,
    call: Call,
  ): Promise<CommandAnswer> {
    const placing = placeFiles(files, this.#parts.config.writable, `weir-${mark}`)
    if (placing.kind === 'refused') return placing
    if (placing.files.length === 0) return { kind: 'done' }
    try {
      const facts = await this.#inspect(machine, call)
      if (facts.State.Status === 'running') return await this.#copyRunning(facts.Id, placing.files, call)
      const archive = await archiveOf(placing.files, ({ path }) => path)
      await this.#parts.client.putArchive(facts.Id, '/', archive, call)
      return { kind: 'done' }
    } catch (error) {
      return commandAnswer(error)
    }
  }

  /** Lines of its own main process, or of the services that run on it. */
  async logs(machine: ResourceRef, lines: number, call: Call): Promise<string> {
    return this.#answer(async () => {
      const facts = await this.#inspect(machine, call)
      if (hostsSoftware(facts.Config.Labels)) return this.#parts.software.logs(facts, lines, call)
      const text = new BoundedText(LIMIT)
      const answer = await this.#parts.client.containerLogs(facts.Id, lines, call)
      demultiplexAll(answer, (_stream, bytes) => text.push(bytes))
      return text.toString()
    })
  }

  /** Both streams of its own main process: the engine keeps no more of them than `LogConfig` says. */
  async printed(machine: ResourceRef, limit: number, call: Call): Promise<CommandOutput> {
    return this.#answer(async () => {
      const { Id } = await this.#inspect(machine, call)
      const texts = { stdout: new BoundedText(limit), stderr: new BoundedText(limit) }
      const answer = await this.#parts.client.containerLogs(Id, limit, call)
      demultiplexAll(answer, (stream, bytes) => texts[stream].push(bytes))
      return { stdout: texts.stdout.toString(), stderr: texts.stderr.toString() }
    })
  }

  /** Nothing for a machine that is gone, is off, or cannot be asked. */
  async metrics(machine: ResourceRef, call: Call): Promise<readonly MetricSample[]> {
    const { client, finder, stats } = this.#parts
    try {
      const id = await finder.container(machine.token, call)
      return id === undefined ? [] : stats.read(machine.token, id, await client.containerStats(id, call))
    } catch (error) {
      if (isNoContainer(error)) finder.forget(machine.token)
      return []
    }
  }

  async run(machine: ResourceRef, request: RunRequest, call: Call): Promise<RunAnswer> {
    try {
      const facts = await this.#parts.observer.inspect(machine, call)
      if (facts === undefined) return { kind: 'refused', failure: noMachine(machine).record }
      if (!hostsSoftware(facts.Config.Labels)) return { kind: 'refused', failure: hostsNone(machine) }
      if (facts.State.Status !== 'running') {
        return { kind: 'not-ready', reason: `machine ${machine.name} is ${facts.State.Status}` }
      }
      return await this.#parts.software.run(facts, request, call)
    } catch (error) {
      const { mayHaveHappened, failure } = faultOf(error)
      return { kind: mayHaveHappened ? 'unknown' : 'refused', failure }
    }
  }

  /** On a machine that is gone or off, nothing runs. */
  async endRun(machine: ResourceRef, token: string, grace: number, call: Call): Promise<CommandAnswer> {
    try {
      const facts = await this.#parts.observer.inspect(machine, call)
      if (facts?.State.Status !== 'running') return { kind: 'done' }
      return await this.#parts.software.endRun(facts, token, grace, call)
    } catch (error) {
      return commandAnswer(error)
    }
  }

  async output(machine: ResourceRef, token: string, limit: number, call: Call): Promise<CommandOutput> {
    return this.#answer(async () => {
      const facts = await this.#inspect(machine, call)
      return this.#parts.software.output(facts, token, limit, call)
    })
  }

  async #copyRunning(id: string, files: readonly PlacedFile[], call: Call): Promise<CommandAnswer> {
    const { client } = this.#parts
    await client.putArchive(id, '/', await archiveOf(files, ({ staged }) => staged), call)
    const options = { ...call, timeout: this.#parts.config.timeout, limit: LIMIT }
    const renamed = await execCommand(client, id, renameCommand(files), options)
    if (renamed.exitCode === 0) return { kind: 'done' }
    await execCommand(client, id, discardCommand(files), options)
    const message = `files were not put in place: ${renamed.stderr.trim()}${renamed.stdout.trim()}`
    return { kind: 'refused', failure: { cause: 'command-failed', retry: 'soon', message } }
  }

  async #idOf(machine: ResourceRef, call: Call): Promise<string> {
    const id = await this.#parts.finder.container(machine.token, call)
    if (id === undefined) throw noMachine(machine)
    return id
  }

  async #inspect(machine: ResourceRef, call: Call): Promise<ContainerFacts> {
    const facts = await this.#parts.observer.inspect(machine, call)
    if (facts === undefined) throw noMachine(machine)
    return facts
  }

  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      throw asFailure(error)
    }
  }
}

function noMachine(machine: ResourceRef): Failure {
  return new Failure({ cause: 'missing', retry: 'soon', message: `there is no machine ${machine.name}` })
}

function hostsNone(machine: ResourceRef): Failure['record'] {
  const message = `machine ${machine.name} was not made to host software: it runs its own command`
  return { cause: 'unsupported', retry: 'never', message }
}
