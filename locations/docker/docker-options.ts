import { posix } from 'node:path'
import { isJsonObject, type FailureRecord, type Json, type JsonObject } from '../../engine/index.js'
import type { ContainerSpec, HealthcheckSpec, HostConfigSpec } from './docker-client.js'
import type { Danger, DockerConfig } from './docker-config.js'

/** What the options of a shape add to a container. */
export interface OptionParts {
  readonly container: Partial<Omit<ContainerSpec, 'HostConfig'>>
  readonly host: Partial<HostConfigSpec>
}

/** Options translated, or why not: unknown or malformed ones are 'invalid', dangerous ones 'denied'. */
export type OptionsAnswer =
  | { readonly kind: 'ready'; readonly parts: OptionParts }
  | { readonly kind: 'refused'; readonly failure: FailureRecord }

/**
 * Translates a shape's options. What gives a container power over its host is refused unless the location's
 * configuration allows it by name ('devices') or by name and value ('devices:/dev/kvm').
 */
export function dockerOptions(
  options: { readonly [key: string]: Json },
  config: DockerConfig,
): OptionsAnswer {
  const parts = Object.entries(options).map(([name, value]) => translate(name, value, config))
  const faults = parts.flatMap((part) => part.fault ?? [])
  if (faults.length > 0) return refusal('invalid', faults.join('; '))
  const dangers = parts.flatMap((part) => part.dangers ?? []).filter((danger) => !isAllowed(danger, config))
  if (dangers.length > 0) return refusal('denied', dangers.map(describe).join('; '))
  const container = Object.assign({}, ...parts.map((part) => part.container)) as OptionParts['container']
  const host = Object.assign({}, ...parts.map((part) => part.host)) as OptionParts['host']
  return { kind: 'ready', parts: { container, host } }
}

interface DangerUsed {
  readonly danger: Danger
  readonly value: string
}

interface Translated extends Partial<OptionParts> {
  readonly dangers?: readonly DangerUsed[]
  readonly fault?: string
}

type Translate = (value: Json, config: DockerConfig) => Translated | undefined

const OPTIONS: { readonly [name: string]: { readonly expects: string; readonly translate: Translate } } = {
  user: text((User) => ({ container: { User } })),
  workingDirectory: text((WorkingDir) => ({ container: { WorkingDir } })),
  stopSignal: text((StopSignal) => ({ container: { StopSignal } })),
  entrypoint: texts((Entrypoint) => ({ container: { Entrypoint } })),
  init: flag((Init) => ({ host: { Init } })),
  readOnly: flag((ReadonlyRootfs) => ({ host: { ReadonlyRootfs } })),
  dropCapabilities: texts((CapDrop) => ({ host: { CapDrop } })),
  tmpfs: { expects: 'a map of paths to mount options', translate: tmpfs },
  health: {
    expects: '{command, period, timeout, failures, grace}, times in milliseconds',
    translate: health,
  },
  privileged: flag((Privileged) => ({
    host: { Privileged },
    ...(Privileged ? using('privileged', 'true') : {}),
  })),
  pid: hostMode('host-pid', { PidMode: 'host' }),
  network: hostMode('host-network', { NetworkMode: 'host' }),
  ipc: hostMode('host-ipc', { IpcMode: 'host' }),
  binds: texts(binds),
  devices: texts(devices),
  capabilities: texts((names) => ({
    host: { CapAdd: names },
    dangers: names.map((name) => ({ danger: 'capabilities', value: name })),
  })),
  securityOptions: texts((names) => ({
    host: { SecurityOpt: names },
    dangers: names.map((name) => ({ danger: 'security-options', value: name })),
  })),
}

function translate(name: string, value: Json, config: DockerConfig): Translated {
  const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined
  if (option === undefined) {
    return { fault: `option ${name} is not known to docker; known are ${Object.keys(OPTIONS).join(', ')}` }
  }
  const translated = option.translate(value, config)
  return translated ?? { fault: `option ${name}: expected ${option.expects}, found ${JSON.stringify(value)}` }
}

function isAllowed({ danger, value }: DangerUsed, config: DockerConfig): boolean {
  return config.allow.includes(danger) || config.allow.includes(`${danger}:${value}`)
}

function describe({ danger, value }: DangerUsed): string {
  return `${danger} (${value}) gives power over the host; allow it with 'allow: [${danger}]' or '${danger}:${value}'`
}

function refusal(cause: 'invalid' | 'denied', message: string): OptionsAnswer {
  return { kind: 'refused', failure: { cause, retry: 'never', message } }
}

function using(danger: Danger, value: string): { readonly dangers: readonly DangerUsed[] } {
  return { dangers: [{ danger, value }] }
}

function text(use: (value: string) => Translated): { expects: string; translate: Translate } {
  return { expects: 'text', translate: (value) => (typeof value === 'string' ? use(value) : undefined) }
}

function texts(use: (values: readonly string[], config: DockerConfig) => Translated | undefined): {
  expects: string
  translate: Translate
} {
  return {
    expects: 'a list of texts in the form that docker takes',
    translate: (value, config) => (isTexts(value) ? use(value, config) : undefined),
  }
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function flag(use: (value: boolean) => Translated): { expects: string; translate: Translate } {
  return {
    expects: 'true or false',
    translate: (value) => (typeof value === 'boolean' ? use(value) : undefined),
  }
}

function hostMode(danger: Danger, host: Partial<HostConfigSpec>): { expects: string; translate: Translate } {
  return {
    expects: "'host'",
    translate: (value) => (value === 'host' ? { host, ...using(danger, 'host') } : undefined),
  }
}

function tmpfs(value: Json): Translated | undefined {
  if (!isJsonObject(value)) return undefined
  const mounts = Object.entries(value)
  if (!mounts.every(([path, option]) => path.startsWith('/') && typeof option === 'string')) return undefined
  return { host: { Tmpfs: Object.fromEntries(mounts) as { readonly [path: string]: string } } }
}

const NANOSECONDS = 1_000_000

function health(value: Json): Translated | undefined {
  if (!isJsonObject(value)) return undefined
  const command = value['command']
  const test = typeof command === 'string' ? ['CMD-SHELL', command] : listed(command)
  const numbers = numbersOf(value, ['period', 'timeout', 'failures', 'grace'])
  if (test === undefined || numbers === undefined) return undefined
  const Healthcheck: HealthcheckSpec = {
    Test: test,
    ...(numbers.period === undefined ? {} : { Interval: numbers.period * NANOSECONDS }),
    ...(numbers.timeout === undefined ? {} : { Timeout: numbers.timeout * NANOSECONDS }),
    ...(numbers.failures === undefined ? {} : { Retries: numbers.failures }),
    ...(numbers.grace === undefined ? {} : { StartPeriod: numbers.grace * NANOSECONDS }),
  }
  return { container: { Healthcheck } }
}

function listed(command: Json | undefined): readonly string[] | undefined {
  return command !== undefined && isTexts(command) ? ['CMD', ...command] : undefined
}

function numbersOf<K extends string>(
  value: JsonObject,
  keys: readonly K[],
): { readonly [key in K]?: number } | undefined {
  const known = Object.keys(value).every((key) => key === 'command' || keys.some((one) => one === key))
  const numbers = keys.filter((key) => value[key] !== undefined).map((key) => [key, value[key]] as const)
  if (!known || !numbers.every(([, number]) => typeof number === 'number' && number >= 0)) return undefined
  return Object.fromEntries(numbers) as { readonly [key in K]?: number }
}

function binds(values: readonly string[], config: DockerConfig): Translated | undefined {
  const paths = values.map((value) => value.split(':')[0] ?? '')
  if (!paths.every((path) => path.startsWith('/') && !path.split('/').includes('..'))) return undefined
  return { host: { Binds: values }, dangers: paths.map((path) => bindDanger(posix.normalize(path), config)) }
}

/** A folder that holds an engine's socket is as good as the socket; symbolic links on the host are not followed. */
function bindDanger(path: string, config: DockerConfig): DangerUsed {
  const value = path.length > 1 ? path.replace(/\/$/, '') : path
  if (value === '/') return { danger: 'bind-root', value }
  const sockets = [config.socketPath, ...SOCKETS].map((socket) => posix.normalize(socket))
  const holds = sockets.some((socket) => socket === value || socket.startsWith(`${value}/`))
  return { danger: holds ? 'bind-socket' : 'bind', value }
}

const SOCKETS = [
  '/run/docker.sock',
  '/var/run/docker.sock',
  '/run/containerd/containerd.sock',
  '/var/run/containerd/containerd.sock',
  '/run/podman/podman.sock',
]

function devices(values: readonly string[]): Translated | undefined {
  const parts = values.map((value) => value.split(':'))
  if (!parts.every(([host]) => host?.startsWith('/dev/') === true && !host.includes('..'))) return undefined
  const Devices = parts.map(([host = '', inside = host, permissions = 'rwm']) => ({
    PathOnHost: host,
    PathInContainer: inside,
    CgroupPermissions: permissions,
  }))
  return {
    host: { Devices },
    dangers: Devices.map((device) => ({ danger: 'devices', value: device.PathOnHost })),
  }
}
