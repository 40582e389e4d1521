import { Agent } from 'node:http'
import { inspect } from 'node:util'
import { Failure, type Cancel, type Clock } from '../../engine/index.js'
import type { DockerClient, Call, ContainerFacts, ContainerSpec, ContainerSummary } from './docker-client.js'
import type { EngineInfo, EngineVersion, ExecRequest, NetworkCreate, NetworkFacts } from './docker-client.js'
import type { PullLine, StatsFacts, VolumeCreate, VolumeFacts } from './docker-client.js'
import { WaitEnded, isSilence, isStatus } from './docker-failures.js'
import { demultiplex, linesOf } from './docker-streams.js'
import type { SeparateBody, Vendor } from './dockerode-vendor.js'

/** The newest engine API that this driver was written for; an older engine is spoken to in its own version. */
export const NEWEST_API = '1.47'
/** The oldest engine API that has all that this driver asks for. */
export const OLDEST_API = '1.41'

/** What a client needs to know. */
export interface DockerodeSettings {
  readonly socketPath: string
  /** Milliseconds for a call that names no time of its own. */
  readonly timeout: number
}

/** The API version to speak with an engine; a Failure ('unsupported') when there is none that both know. */
export function negotiate(engine: EngineVersion): string {
  const spoken = compareVersions(engine.ApiVersion, NEWEST_API) < 0 ? engine.ApiVersion : NEWEST_API
  const lowest = engine.MinAPIVersion ?? OLDEST_API
  if (compareVersions(spoken, OLDEST_API) >= 0 && compareVersions(spoken, lowest) >= 0) return spoken
  const message =
    `docker engine ${engine.Version} speaks API ${lowest} to ${engine.ApiVersion}, ` +
    `this driver ${OLDEST_API} to ${NEWEST_API}`
  throw new Failure({ cause: 'unsupported', retry: 'never', message })
}

/** The client over dockerode, on a unix socket. It connects with the first call. */
export class DockerodeClient implements DockerClient {
  readonly #settings: DockerodeSettings
  readonly #clock: Clock
  readonly #agent: Agent
  #docker: Promise<Vendor> | undefined

  constructor(settings: DockerodeSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    this.#agent = new BriefAgent({ keepAlive: true })
  }

  version(call: Call): Promise<EngineVersion> {
    return this.#bounded(call, async (abortSignal) => (await this.#open()).version({ abortSignal }))
  }

  info(call: Call): Promise<EngineInfo> {
    return this.#ask(call, (docker, abortSignal) => docker.info({ abortSignal }))
  }

  async createContainer(name: string, spec: ContainerSpec, call: Call): Promise<string> {
    const made = await this.#ask(call, (docker, signal) =>
      docker.createContainer(body(spec, signal, { name })),
    )
    return made.id
  }

  inspectContainer(idOrName: string, call: Call): Promise<ContainerFacts> {
    return this.#ask(call, (docker, abortSignal) =>
      docker.getContainer(encodeURIComponent(idOrName)).inspect({ abortSignal }),
    )
  }

  listContainers(labels: readonly string[], call: Call): Promise<readonly ContainerSummary[]> {
    return this.#ask(call, (docker, abortSignal) =>
      docker.listContainers({ all: true, filters: { label: [...labels] }, abortSignal }),
    )
  }

  async startContainer(id: string, call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) => docker.getContainer(id).start({ abortSignal }))
  }

  async stopContainer(id: string, seconds: number, call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) => docker.getContainer(id).stop({ t: seconds, abortSignal }))
  }

  async removeContainer(id: string, call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) =>
      docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
    )
  }

  containerLogs(id: string, lines: number, call: Call): Promise<Buffer> {
    return this.#ask(call, async (docker, abortSignal) => {
      const options = { follow: false, stdout: true, stderr: true, tail: lines, abortSignal } as const
      return Buffer.from(await docker.getContainer(id).logs(options))
    })
  }

  containerStats(id: string, call: Call): Promise<StatsFacts> {
    return this.#ask(call, (docker, abortSignal) => {
      const options = { stream: false, 'one-shot': true, abortSignal } as const
      return docker.getContainer(id).stats(options)
    })
  }

  async putArchive(id: string, directory: string, archive: Buffer, call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) =>
      docker.getContainer(id).putArchive(archive, { path: directory, abortSignal }),
    )
  }

  exec(id: string, request: ExecRequest, call: Call): Promise<number | undefined> {
    return this.#ask(call, async (docker, abortSignal) => {
      const exec = await docker.getContainer(id).exec({
        Cmd: [...request.command],
        Env: [...request.environment],
        AttachStdin: request.stdin !== undefined,
        AttachStdout: true,
        AttachStderr: true,
        abortSignal,
      })
      const socket = await exec.start({ hijack: true, stdin: true, abortSignal })
      const end = (): void => void socket.destroy()
      abortSignal.addEventListener('abort', end)
      try {
        socket.end(request.stdin)
        await demultiplex(socket, request.output)
      } finally {
        abortSignal.removeEventListener('abort', end)
        end()
      }
      const { ExitCode } = await exec.inspect({ abortSignal })
      return ExitCode ?? undefined
    })
  }

  execDetached(id: string, command: readonly string[], call: Call): Promise<string> {
    return this.#ask(call, async (docker, abortSignal) => {
      const exec = await docker.getContainer(id).exec({ Cmd: [...command], Env: [], abortSignal })
      await exec.start({ Detach: true, abortSignal })
      return exec.id
    })
  }

  async isExecRunning(exec: string, call: Call): Promise<boolean> {
    try {
      const facts = await this.#ask(call, (docker, abortSignal) =>
        docker.getExec(exec).inspect({ abortSignal }),
      )
      return facts.Running
    } catch (error) {
      if (isStatus(error, 404)) return false
      throw error
    }
  }

  async createNetwork(spec: NetworkCreate, call: Call): Promise<string> {
    const made = await this.#ask(call, (docker, signal) => docker.createNetwork(body(spec, signal)))
    return made.id
  }

  listNetworks(labels: readonly string[], call: Call): Promise<readonly NetworkFacts[]> {
    return this.#ask(call, (docker, abortSignal) =>
      docker.listNetworks({ filters: { label: [...labels] }, abortSignal }),
    )
  }

  inspectNetwork(idOrName: string, call: Call): Promise<NetworkFacts> {
    return this.#ask(call, (docker, abortSignal) =>
      docker.getNetwork(encodeURIComponent(idOrName)).inspect({ abortSignal }),
    )
  }

  async connectNetwork(id: string, container: string, aliases: readonly string[], call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) =>
      docker
        .getNetwork(id)
        .connect({ Container: container, EndpointConfig: { Aliases: [...aliases] }, abortSignal }),
    )
  }

  async removeNetwork(id: string, call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) => docker.getNetwork(id).remove({ abortSignal }))
  }

  async createVolume(spec: VolumeCreate, call: Call): Promise<void> {
    await this.#ask(call, (docker, signal) => docker.createVolume(body(spec, signal)))
  }

  async listVolumes(labels: readonly string[], call: Call): Promise<readonly VolumeFacts[]> {
    const listed = await this.#ask(call, (docker, abortSignal) =>
      docker.listVolumes({ filters: { label: [...labels] }, abortSignal }),
    )
    return listed.Volumes ?? []
  }

  inspectVolume(name: string, call: Call): Promise<VolumeFacts> {
    return this.#ask(call, (docker, abortSignal) =>
      docker.getVolume(encodeURIComponent(name)).inspect({ abortSignal }),
    )
  }

  async removeVolume(name: string, call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) =>
      docker.getVolume(encodeURIComponent(name)).remove({ abortSignal }),
    )
  }

  async inspectImage(name: string, call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) => docker.getImage(name).inspect({ abortSignal }))
  }

  async inspectDistribution(name: string, call: Call): Promise<void> {
    await this.#ask(call, (docker, abortSignal) => docker.getImage(name).distribution({ abortSignal }))
  }

  async pullImage(name: string, progress: (line: PullLine) => void, call: Call): Promise<void> {
    await this.#ask(call, async (docker, abortSignal) => {
      const stream = await docker.pull(name, { abortSignal })
      for await (const line of linesOf(stream)) {
        const said = JSON.parse(line) as PullLine
        // Under HTTP 200: as good as an answer with a status, and told apart by its text.
        if (said.error !== undefined) throw Object.assign(new Error(said.error), { statusCode: 500 })
        progress(said)
      }
    })
  }

  async events(since: string | undefined, call: Call): Promise<AsyncIterable<Buffer>> {
    const late = new AbortController()
    const abortSignal = AbortSignal.any([call.signal, late.signal])
    const filters = { type: ['container'], event: [...EVENTS], label: ['weir.token'] }
    return this.#bounded(call, async (opening) => {
      opening.addEventListener('abort', () => late.abort())
      const docker = await this.#negotiated()
      return docker.getEvents({ filters, ...(since === undefined ? {} : { since }), abortSignal })
    })
  }

  close(): void {
    this.#agent.destroy()
  }

  #ask<T>(call: Call, ask: (docker: Vendor, signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#bounded(call, async (signal) => ask(await this.#negotiated(), signal))
  }

  /** dockerode leaves a call hanging whose answer breaks off in the middle, so no call is waited for without an end. */
  async #bounded<T>(call: Call, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ended = new AbortController()
    const { promise, reject } = withReject()
    const end = (error: WaitEnded): void => {
      reject(error)
      ended.abort()
    }
    const onAbort = (): void =>
      end(new WaitEnded('aborted', 'the caller has stopped waiting for the docker engine'))
    if (call.signal.aborted)
      throw new WaitEnded('aborted', 'the caller has stopped waiting for the docker engine')
    call.signal.addEventListener('abort', onAbort, { once: true })
    const cancel = this.#limit(call.timeout ?? this.#settings.timeout, end)
    try {
      return await Promise.race([ask(ended.signal), promise])
    } catch (error) {
      if (isSilence(error)) this.#distrust()
      throw error
    } finally {
      cancel()
      call.signal.removeEventListener('abort', onAbort)
    }
  }

  /** After a silence the engine is asked for its version again, and by new connections: idle ones may be as dead. */
  #distrust(): void {
    this.#docker = undefined
    for (const socket of Object.values(this.#agent.freeSockets).flat()) socket?.destroy()
  }

  #limit(timeout: number, end: (error: WaitEnded) => void): Cancel {
    if (timeout === 0) return () => undefined
    return this.#clock.schedule(timeout, () => {
      end(new WaitEnded('timeout', `the docker engine did not answer within ${timeout} ms`))
    })
  }

  /** The engine may come back as another version: after every silence it is asked again. */
  #negotiated(): Promise<Vendor> {
    this.#docker ??= this.#negotiate()
    return this.#docker
  }

  async #negotiate(): Promise<Vendor> {
    try {
      const engine = await this.version({ signal: new AbortController().signal })
      return await this.#open(negotiate(engine))
    } catch (error) {
      this.#docker = undefined
      throw error
    }
  }

  /**
   * dockerode is loaded with the first call: it takes longer than the start of the server without it.
   * Danger: a host taken from DOCKER_HOST would win over our socket; an empty one does not.
   */
  async #open(version?: string): Promise<Vendor> {
    const { default: Docker } = await import('dockerode')
    const options = {
      socketPath: this.#settings.socketPath,
      host: '',
      protocol: 'http',
      agent: this.#agent,
      ...(version === undefined ? {} : { version: `v${version}` }),
    } as const
    return new Docker(options) as unknown as Vendor
  }
}

/** Events that may say that a container is another than before. */
const EVENTS = [
  'create',
  'exec_die',
  'start',
  'die',
  'destroy',
  'oom',
  'pause',
  'unpause',
  'rename',
  'update',
  'health_status',
]

/**
 * Danger: without this form dockerode puts the whole body into the URL as well, secrets included, and URLs are what
 * an engine writes into its log.
 */
function body(spec: object, abortSignal: AbortSignal, query: object = {}): SeparateBody {
  return { _query: query, _body: spec, abortSignal }
}

function withReject(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse
  })
  promise.catch(() => undefined)
  return { promise, reject }
}

function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number)
  const [majorB = 0, minorB = 0] = b.split('.').map(Number)
  return majorA - majorB || minorA - minorB
}

/**
 * Danger: the vendor's client renders all options of each call as text for a debug log that is off, the agent with all its
 * sockets among them, which takes most of the time of a busy process. This one is one word.
 */
class BriefAgent extends Agent {
  [inspect.custom](): string {
    return 'Agent'
  }
}
