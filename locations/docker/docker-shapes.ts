import { Secret, type FailureRecord, type MachineShape, type ResourceWant } from '../../engine/index.js'
import type { ContainerSpec, HostConfigSpec } from './docker-client.js'
import type { DockerConfig, Limits } from './docker-config.js'
import { LABEL, labelsOf } from './docker-labels.js'
import { dockerOptions, type OptionParts } from './docker-options.js'

/** Where software keeps its files in a container. */
export const DIRECTORY = { root: '/weir', run: '/weir/run', install: '/weir/install' } as const

/** Networks and volumes of a shape as the engine knows them, in the shape's order. */
export interface Joined {
  /** Ids. */
  readonly networks: readonly string[]
  /** Names. */
  readonly volumes: readonly string[]
}

/** A container to be created, and the networks that it joins before it is started. */
export type ContainerPlan =
  | { readonly kind: 'ready'; readonly spec: ContainerSpec; readonly further: readonly string[] }
  | { readonly kind: 'refused'; readonly failure: FailureRecord }

/** Why a shape cannot be made here, whatever is joined; undefined when it can. */
export function shapeFault(shape: MachineShape, config: DockerConfig): FailureRecord | undefined {
  const options = dockerOptions(shape.options, config)
  if (options.kind === 'refused') return options.failure
  const image = imageFault(shape.image ?? config.image)
  if (image !== undefined) return image
  if (shape.userData !== undefined)
    return never('unsupported', 'containers take no user data; use a command or files')
  if (shape.offering !== undefined && !Object.hasOwn(config.offerings, shape.offering)) {
    const known = Object.keys(config.offerings).join(', ')
    return never('invalid', `no offering ${shape.offering} here; known are: ${known === '' ? 'none' : known}`)
  }
  return shape.hostsSoftware ? softwareFault(shape) : pathFault(shape)
}

/** What to create for a machine. Pure; secrets of the environment are revealed here, for the engine's eyes only. */
export function planContainer(
  want: ResourceWant,
  shape: MachineShape,
  joined: Joined,
  config: DockerConfig,
): ContainerPlan {
  const fault = shapeFault(shape, config)
  if (fault !== undefined) return { kind: 'refused', failure: fault }
  const options = dockerOptions(shape.options, config)
  if (options.kind === 'refused') return options
  const { parts } = options
  const [first, ...further] = joined.networks
  const ports = portsOf(shape)
  const aliased = parts.host.NetworkMode === undefined && first !== undefined
  const spec: ContainerSpec = {
    Image: shape.image ?? config.image ?? '',
    ...commandOf(shape),
    ...(shape.workingDirectory === undefined ? {} : { WorkingDir: shape.workingDirectory }),
    ...parts.container,
    Env: environmentOf(shape, ports),
    Labels: {
      ...labelsOf(want),
      [LABEL.ports]: JSON.stringify(ports),
      [LABEL.software]: String(shape.hostsSoftware),
    },
    Hostname: parts.host.NetworkMode === 'host' ? '' : shape.hostname,
    ExposedPorts: Object.fromEntries(Object.values(ports).map((port) => [port, {}])),
    HostConfig: hostConfig(shape, joined, parts, config),
    ...(aliased ? { NetworkingConfig: { EndpointsConfig: { [first]: { Aliases: aliasesOf(shape) } } } } : {}),
  }
  return { kind: 'ready', spec, further: aliased ? further : [] }
}

/** Names by which others on its networks find a machine. */
export function aliasesOf(shape: MachineShape): readonly string[] {
  return [...new Set([...shape.aliases, shape.hostname])]
}

/** Ports by name as 'number/protocol'; a port without a number gets one of its own: nothing else listens inside. */
export function portsOf(shape: MachineShape): { readonly [name: string]: string } {
  const taken = new Set(shape.ports.map((port) => port.number))
  let next = FIRST_CHOSEN_PORT
  const choose = (): number => {
    while (taken.has(next)) next += 1
    taken.add(next)
    return next
  }
  return Object.fromEntries(
    shape.ports.map((port) => [port.name, `${port.number ?? choose()}/${port.protocol}`]),
  )
}

/** Limits of a machine: its own, then its offering's, then the location's. */
export function limitsOf(shape: MachineShape, config: DockerConfig): Limits {
  const offering = shape.offering === undefined ? {} : (config.offerings[shape.offering] ?? {})
  return {
    ...config.limits,
    ...offering,
    ...(shape.cores === undefined ? {} : { cores: shape.cores }),
    ...(shape.memory === undefined ? {} : { memory: shape.memory }),
  }
}

const IMAGE_NAME = /^[a-zA-Z0-9][\w./:@-]*$/
const FIRST_CHOSEN_PORT = 20_000

function never(cause: 'invalid' | 'unsupported', message: string): FailureRecord {
  return { cause, retry: 'never', message }
}

/** Names of images become parts of URLs, so they are read strictly. */
function imageFault(image: string | undefined): FailureRecord | undefined {
  if (image === undefined) {
    return never('invalid', 'the machine names no image, and the location has none of its own')
  }
  if (IMAGE_NAME.test(image) && !image.includes('..')) return undefined
  return never('invalid', `no image can be called ${image}`)
}

function softwareFault(shape: MachineShape): FailureRecord | undefined {
  const clash = ['user', 'entrypoint', 'readOnly', 'init'].find((option) =>
    Object.hasOwn(shape.options, option),
  )
  if (clash !== undefined) {
    return never('unsupported', `option ${clash} cannot be set on a machine that hosts software`)
  }
  if (shape.command !== undefined)
    return never('unsupported', 'a machine that hosts software has no command of its own')
  return pathFault(shape)
}

function pathFault(shape: MachineShape): FailureRecord | undefined {
  const bad = shape.volumes.find(({ path }) => !isMountable(path, shape))
  return bad === undefined
    ? undefined
    : never('invalid', `a volume cannot be put at ${bad.path}: give an absolute path`)
}

/** An absolute path; one that begins in the run directory where there is one. */
function isMountable(path: string, { hostsSoftware }: MachineShape): boolean {
  if (path === '' || path === '/' || path.split('/').includes('..')) return false
  return path.startsWith('/') || hostsSoftware
}

/**
 * The main process of a machine that hosts software: it waits. At TERM it hands the TERM on to everything that runs
 * beside it and stays until they have ended, so that the engine's grace holds for them too. Beside itself there is
 * only the init process (two entries in /proc).
 */
const IDLE = [
  `mkdir -p ${DIRECTORY.run} ${DIRECTORY.install} || exit 70`,
  'leave() {',
  "  trap '' TERM INT",
  '  kill -TERM -1 2>/dev/null',
  '  while set -- /proc/[0-9]*; [ $# -gt 2 ]; do sleep 0.05 2>/dev/null || sleep 1; done',
  '  exit 0',
  '}',
  'trap leave TERM INT',
  'while :; do sleep 3600 & wait $!; done',
].join('\n')

function commandOf(shape: MachineShape): Pick<ContainerSpec, 'Entrypoint' | 'Cmd'> {
  if (shape.hostsSoftware) return { Entrypoint: ['/bin/sh', '-c', IDLE], Cmd: [] }
  if (shape.script !== undefined) return { Entrypoint: ['/bin/sh', '-c', WITH_BASH, shape.script], Cmd: [] }
  return {
    ...(shape.entrypoint === undefined ? {} : { Entrypoint: shape.entrypoint }),
    ...(shape.command === undefined ? {} : { Cmd: shape.command }),
  }
}

/** Gives a script, which follows it, to bash where there is one. */
const WITH_BASH = 'if command -v bash >/dev/null 2>&1; then exec bash -c "$0"; else exec /bin/sh -c "$0"; fi'

function environmentOf(shape: MachineShape, ports: { readonly [name: string]: string }): readonly string[] {
  const chosen = Object.entries(ports).map(
    ([name, port]) => [`PORT_${variable(name)}`, String(parseInt(port, 10))] as const,
  )
  const places = shape.hostsSoftware ? { RUN_DIR: DIRECTORY.run, INSTALL_DIR: DIRECTORY.install } : {}
  const all: MachineShape['environment'] = { ...Object.fromEntries(chosen), ...places, ...shape.environment }
  return Object.entries(all).map(
    ([name, value]) => `${name}=${value instanceof Secret ? value.reveal() : value}`,
  )
}

function variable(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}

function hostConfig(
  shape: MachineShape,
  joined: Joined,
  parts: OptionParts,
  config: DockerConfig,
): HostConfigSpec {
  const limits = limitsOf(shape, config)
  return {
    NetworkMode: joined.networks[0] ?? 'default',
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    PortBindings: bindingsOf(shape, config),
    Mounts: shape.volumes.map(({ path }, at) => ({
      Type: 'volume',
      Source: joined.volumes[at] ?? '',
      Target: path.startsWith('/') ? path : `${DIRECTORY.run}/${path}`,
    })),
    ...(shape.hostsSoftware ? { Init: true } : {}),
    ...(limits.cores === undefined ? {} : { NanoCpus: Math.round(limits.cores * 1e9) }),
    ...(limits.memory === undefined ? {} : { Memory: limits.memory }),
    ...(limits.pids === undefined ? {} : { PidsLimit: limits.pids }),
    ...parts.host,
  }
}

/** Host port 0: the engine chooses a free one at each start, and `observe` reads which. */
function bindingsOf(shape: MachineShape, config: DockerConfig): HostConfigSpec['PortBindings'] {
  const ports = portsOf(shape)
  const published = shape.ports.filter((port) => port.published)
  return Object.fromEntries(
    published.map((port) => [ports[port.name] ?? '', [{ HostIp: config.publishHost, HostPort: '0' }]]),
  )
}
