/**
 * What we need of a Docker engine, in our own words: the vendor's types stop at dockerode-client.ts, and a fake of this
 * is short. Facts keep the engine's own field names. Every call rejects with what dockerode rejects with;
 * docker-failures.ts alone gives that a meaning.
 */
export interface DockerClient {
  version(call: Call): Promise<EngineVersion>
  info(call: Call): Promise<EngineInfo>
  /** Gives the id of a new container that is not started. */
  createContainer(name: string, spec: ContainerSpec, call: Call): Promise<string>
  inspectContainer(idOrName: string, call: Call): Promise<ContainerFacts>
  /** All containers, running or not, that carry every one of these labels ('key' or 'key=value'). */
  listContainers(labels: readonly string[], call: Call): Promise<readonly ContainerSummary[]>
  startContainer(id: string, call: Call): Promise<void>
  /** TERM, and KILL after so many seconds. Waits until it has ended. */
  stopContainer(id: string, seconds: number, call: Call): Promise<void>
  /** By force, with its anonymous volumes. */
  removeContainer(id: string, call: Call): Promise<void>
  /** The last lines of both streams, multiplexed as the engine sends them. */
  containerLogs(id: string, lines: number, call: Call): Promise<Buffer>
  containerStats(id: string, call: Call): Promise<StatsFacts>
  /** Unpacks a tar archive at a directory of the container. */
  putArchive(id: string, directory: string, archive: Buffer, call: Call): Promise<void>
  /** Runs a command in a container; gives its exit code when the engine knows it. */
  exec(id: string, request: ExecRequest, call: Call): Promise<number | undefined>
  /** Begins a command that nobody listens to, and gives its id; its end is an event. */
  execDetached(id: string, command: readonly string[], call: Call): Promise<string>
  /** Whether a command that was begun still runs; not one that the engine does not know any more. */
  isExecRunning(exec: string, call: Call): Promise<boolean>
  createNetwork(spec: NetworkCreate, call: Call): Promise<string>
  listNetworks(labels: readonly string[], call: Call): Promise<readonly NetworkFacts[]>
  inspectNetwork(idOrName: string, call: Call): Promise<NetworkFacts>
  connectNetwork(id: string, container: string, aliases: readonly string[], call: Call): Promise<void>
  removeNetwork(id: string, call: Call): Promise<void>
  /** Danger: the engine answers with the old volume, labels and all, when the name exists already. */
  createVolume(spec: VolumeCreate, call: Call): Promise<void>
  listVolumes(labels: readonly string[], call: Call): Promise<readonly VolumeFacts[]>
  inspectVolume(name: string, call: Call): Promise<VolumeFacts>
  removeVolume(name: string, call: Call): Promise<void>
  /** Rejects with 404 when the image is not on the machine. */
  inspectImage(name: string, call: Call): Promise<void>
  /** Asks the image's registry for it, without pulling; rejects when it cannot be had. */
  inspectDistribution(name: string, call: Call): Promise<void>
  pullImage(name: string, progress: (line: PullLine) => void, call: Call): Promise<void>
  /** Events of containers of ours, from `since` on ('seconds.nanoseconds'), until the engine or the signal ends it. */
  events(since: string | undefined, call: Call): Promise<AsyncIterable<Buffer>>
  close(): void
}

/** How long a call may take and who may end our waiting. */
export interface Call {
  readonly signal: AbortSignal
  /** Milliseconds; the location's configured time when absent, none when 0. */
  readonly timeout?: number
}

/** A command for a running container. */
export interface ExecRequest {
  readonly command: readonly string[]
  readonly environment: readonly string[]
  /** Absent: the command has no standard input. */
  readonly stdin?: string | Buffer
  /** Called with what it prints, as it comes. */
  readonly output: (stream: 'stdout' | 'stderr', bytes: Buffer) => void
}

/** What the engine says of itself. */
export interface EngineVersion {
  readonly Version: string
  readonly ApiVersion: string
  readonly MinAPIVersion?: string
}

/** What the engine says of its machine. */
export interface EngineInfo {
  readonly NCPU: number
  readonly MemTotal: number
  readonly Driver: string
  readonly OperatingSystem: string
}

/** Labels of an object; null is an engine's way to say none. */
export type Labels = { readonly [name: string]: string }

/** What a container is created from. */
export interface ContainerSpec {
  readonly Image: string
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly Env: readonly string[]
  readonly Labels: Labels
  readonly Hostname: string
  readonly User?: string
  readonly WorkingDir?: string
  readonly StopSignal?: string
  readonly ExposedPorts: { readonly [port: string]: object }
  readonly Healthcheck?: HealthcheckSpec
  readonly HostConfig: HostConfigSpec
  readonly NetworkingConfig?: {
    readonly EndpointsConfig: { readonly [network: string]: { readonly Aliases: readonly string[] } }
  }
}

/** Times are in nanoseconds. */
export interface HealthcheckSpec {
  readonly Test: readonly string[]
  readonly Interval?: number
  readonly Timeout?: number
  readonly Retries?: number
  readonly StartPeriod?: number
}

/** The host's side of a container. */
export interface HostConfigSpec {
  readonly NetworkMode: string
  readonly RestartPolicy: { readonly Name: 'no' }
  readonly LogConfig: { readonly Type: string; readonly Config: { readonly [option: string]: string } }
  readonly PortBindings: {
    readonly [port: string]: readonly { readonly HostIp: string; readonly HostPort: string }[]
  }
  readonly Mounts: readonly { readonly Type: 'volume'; readonly Source: string; readonly Target: string }[]
  readonly Init?: boolean
  readonly NanoCpus?: number
  readonly Memory?: number
  readonly PidsLimit?: number
  readonly ReadonlyRootfs?: boolean
  readonly Tmpfs?: { readonly [path: string]: string }
  readonly CapDrop?: readonly string[]
  readonly CapAdd?: readonly string[]
  readonly Privileged?: boolean
  readonly PidMode?: string
  readonly IpcMode?: string
  readonly Binds?: readonly string[]
  readonly SecurityOpt?: readonly string[]
  readonly Devices?: readonly {
    readonly PathOnHost: string
    readonly PathInContainer: string
    readonly CgroupPermissions: string
  }[]
}

/** What inspect says of a container, as far as we read it. */
export interface ContainerFacts {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly State: {
    readonly Status: string
    readonly ExitCode: number
    readonly OOMKilled: boolean
    readonly Error: string
    readonly StartedAt: string
    readonly Health?: { readonly Status: string }
  }
  readonly Config: { readonly Image: string; readonly Labels: Labels | null }
  readonly HostConfig: { readonly NetworkMode: string; readonly NanoCpus?: number; readonly Memory?: number }
  readonly NetworkSettings: {
    readonly Ports: { readonly [port: string]: readonly PortBinding[] | null } | null
    readonly Networks: { readonly [name: string]: EndpointFacts } | null
  }
}

/** Where a port of a container is published. */
export interface PortBinding {
  readonly HostIp: string
  readonly HostPort: string
}

/** A container's place on one network. */
export interface EndpointFacts {
  readonly NetworkID: string
  readonly IPAddress: string
}

/** One line of the list of containers. */
export interface ContainerSummary {
  readonly Id: string
  readonly Names: readonly string[]
  readonly Labels: Labels | null
  readonly State: string
  /** Seconds since the epoch. */
  readonly Created: number
}

/** What a network is created from. */
export interface NetworkCreate {
  readonly Name: string
  readonly Driver: 'bridge'
  readonly CheckDuplicate: true
  readonly Labels: Labels
  readonly IPAM?: { readonly Config: readonly { readonly Subnet: string }[] }
}

/** What the engine says of a network. */
export interface NetworkFacts {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly Labels: Labels | null
}

/** What a volume is created from. */
export interface VolumeCreate {
  readonly Name: string
  readonly Driver: 'local'
  readonly Labels: Labels
}

/** What the engine says of a volume. */
export interface VolumeFacts {
  readonly Name: string
  readonly CreatedAt?: string
  readonly Labels: Labels | null
}

/** Counters of a container; memory fields differ between cgroup v1 and v2. */
export interface StatsFacts {
  readonly read: string
  readonly cpu_stats: { readonly cpu_usage: { /** Nanoseconds. */ readonly total_usage: number } }
  readonly memory_stats: {
    readonly usage?: number
    readonly stats?: { readonly [counter: string]: number }
  }
}

/** One line of a pull's progress; errors come inside the stream, under HTTP 200. */
export interface PullLine {
  readonly id?: string
  readonly status?: string
  readonly error?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
}
