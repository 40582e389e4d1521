import { Failure, type FailureCause, type IdSource } from '../../engine/index.js'
import type { Call, ContainerSpec, DockerClient } from './docker-client.js'
import type { DockerConfig } from './docker-config.js'
import { asFailure, faultOf, isStatus } from './docker-failures.js'
import { negotiate } from './dockerode-client.js'

/** One thing that was tried; the detail of one that does not work says what to do about it. */
export interface TestLine {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

/** What trying an engine takes. */
export interface TestParts {
  readonly client: DockerClient
  readonly config: DockerConfig
  readonly ids: IdSource
}

/**
 * Tries what machines will need of an engine: one line for each thing. What is made for it carries a mark of its own and
 * is removed; an engine that cannot be used is tried no further.
 */
export async function testEngine(parts: TestParts, call: Call): Promise<readonly TestLine[]> {
  const { client, config } = parts
  const reached = await tried(`reach ${config.socketPath}`, REACH, async () => {
    const engine = await client.version(call)
    return `docker ${engine.Version}, API ${negotiate(engine)}`
  })
  if (!reached.ok) return [reached]
  const used = await tried('use the engine', REACH, async () => {
    const info = await client.info(call)
    return `${info.OperatingSystem}, ${info.NCPU} cores, ${info.MemTotal} bytes of memory, storage ${info.Driver}`
  })
  if (!used.ok) return [reached, used]
  const made = await tried('make a network', NETWORK, () => tryNetwork(parts, call))
  return [reached, used, ...(await testImage(parts, call)), made, dangers(config)]
}

type Remedies = { readonly [cause in FailureCause]?: string } & { readonly otherwise: string }

const REACH: Remedies = {
  denied: 'let the user who runs the server use the socket (the group docker), or set another `socketPath`',
  unsupported: 'update the older of the two',
  otherwise: 'start the engine, or set its socket as `socketPath`',
}
const NETWORK: Remedies = {
  capacity: 'remove networks that are not needed, or give the engine more room in `default-address-pools`',
  otherwise: 'landscapes with networks need an engine that may make bridges',
}
const IMAGE: Remedies = {
  denied: 'log the engine in to the registry, or name another image as `image`',
  otherwise: 'bring it to the machine by hand, or name another as `image`',
}
const SHELL: Remedies = {
  otherwise: 'software needs an image with /bin/sh; others can run as commands of their own',
}

async function testImage(parts: TestParts, call: Call): Promise<readonly TestLine[]> {
  const { client, config } = parts
  const { image, pull } = config
  if (image === undefined) {
    const detail = 'none is configured: machines that name none are refused; set `image` for them'
    return [{ what: 'find an image', ok: true, detail }]
  }
  const found = await tried(`find image ${image}`, IMAGE, async () => {
    if (await isOnMachine(client, image, call)) return HERE
    if (pull === 'never') throw missing('not on the machine, and `pull` is never')
    await client.inspectDistribution(image, call)
    return 'not on the machine; its registry has it, and it is pulled when it is first needed'
  })
  if (found.detail !== HERE) return [found]
  return [found, await tried(`run sh in ${image}`, SHELL, () => tryShell(parts, image, call))]
}

const HERE = 'on the machine'

async function isOnMachine(client: DockerClient, image: string, call: Call): Promise<boolean> {
  try {
    await client.inspectImage(image, call)
    return true
  } catch (error) {
    if (isStatus(error, 404)) return false
    throw error
  }
}

/** Its end is what it is stopped for: nothing is waited for but that. */
function tryShell({ client, ids }: TestParts, image: string, call: Call): Promise<string> {
  const name = `${MARK}-${ids.next()}`
  const shell = async (): Promise<string> => {
    const id = await client.createContainer(name, shellSpec(image), call)
    await client.startContainer(id, call)
    await ended(client.stopContainer(id, GRACE, call))
    const { ExitCode } = (await client.inspectContainer(id, call)).State
    if (ExitCode === 0) return 'it runs'
    if (ExitCode === NO_PIPES) return 'it runs; without mkfifo, ends of services are seen by looking'
    throw missing(`it ended with exit code ${ExitCode}`)
  }
  return removing(shell, () => client.removeContainer(name, SHIELDED))
}

function tryNetwork({ client, ids }: TestParts, call: Call): Promise<string> {
  const Name = `${MARK}-${ids.next()}`
  const network = async (): Promise<string> => {
    await client.createNetwork({ Name, Driver: 'bridge', CheckDuplicate: true, Labels }, call)
    return 'made and removed'
  }
  return removing(network, () => client.removeNetwork(Name, SHIELDED))
}

/** "Already so" (304) is what is hoped for. */
async function ended(stopping: Promise<void>): Promise<void> {
  try {
    await stopping
  } catch (error) {
    if (!isStatus(error, 304)) throw error
  }
}

/** Removes by name whatever an attempt may have made, also where its answer was lost. */
async function removing(attempt: () => Promise<string>, remove: () => Promise<void>): Promise<string> {
  try {
    const result = await attempt()
    await remove()
    return result
  } catch (error) {
    await remove().catch(() => undefined)
    throw error
  }
}

/** No fault, but to be known. */
function dangers({ allow }: DockerConfig): TestLine {
  const detail =
    allow.length === 0
      ? 'none is allowed; a document that needs one is refused, and told what to write in `allow`'
      : `allowed: ${allow.join(', ')}; machines with them have power over the host`
  return { what: 'dangerous options', ok: true, detail }
}

const MARK = 'weir-test'
const Labels = { 'weir.test': 'true' }
/** Seconds. */
const GRACE = 5
const NO_PIPES = 3
/** What was made is removed, whoever has stopped waiting. */
const SHIELDED: Call = { signal: new AbortController().signal }

function shellSpec(image: string): ContainerSpec {
  return {
    Image: image,
    Entrypoint: ['/bin/sh'],
    Cmd: ['-c', `command -v mkfifo >/dev/null || exit ${NO_PIPES}`],
    Env: [],
    Labels,
    Hostname: MARK,
    ExposedPorts: {},
    HostConfig: {
      NetworkMode: 'none',
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none', Config: {} },
      PortBindings: {},
      Mounts: [],
    },
  }
}

function missing(message: string): Failure {
  return new Failure({ cause: 'missing', retry: 'never', message })
}

async function tried(what: string, remedies: Remedies, attempt: () => Promise<string>): Promise<TestLine> {
  try {
    return { what, ok: true, detail: await attempt() }
  } catch (error) {
    const { message } = asFailure(error)
    const remedy = remedies[faultOf(error).failure.cause] ?? remedies.otherwise
    return { what, ok: false, detail: `${message}: ${remedy}` }
  }
}
