import { allWaits, type Evaluation } from '../../expression/evaluate.js'
import { plain, text, type Value } from '../../expression/value.js'
import type { ConfigMap, EntitySpec, MachineSpec, PortSpec } from '../../spec/entity-spec.js'
import type { Expression } from '../../spec/expression.js'
import type { FileSpec, OperationSpec } from '../../spec/operation-spec.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { MachineFile, MachineShape } from '../../ports/location.js'
import { canonicalJson, digestOf } from '../../support/digest.js'
import type { Json } from '../../support/json.js'
import { Secret } from '../../support/secret.js'
import { portNumber } from './port-number.js'
import { filesIn, type Workplace } from './workplace.js'

/** Why a command with a secret in it is not run: command lines can be seen by everybody on a machine. */
export const SECRET_IN_COMMAND = 'a secret cannot be part of a command; give it by environment or file'

/** Evaluates an expression in the context of one entity. */
export type Evaluate = (expression: Expression) => Evaluation

/** A value, or what it waits for, or why it cannot be. */
export type Shaped<T> =
  { readonly kind: 'ready'; readonly value: T } | Extract<Evaluation, { readonly kind: 'waiting' | 'failed' }>

/** What of a machine's shape follows from where and whose it is. */
export type GivenShape = Pick<
  MachineShape,
  'hostname' | 'aliases' | 'networks' | 'volumes' | 'addresses' | 'rules' | 'zone'
>

/** What the machine of a slot must be like, once all it is made from is known. */
export function machineShape(spec: EntitySpec, evaluate: Evaluate, given: GivenShape): Shaped<MachineShape> {
  const machine = spec.machine ?? NO_MACHINE
  const parts = all({
    image: optional(machine.image, evaluate),
    offering: optional(machine.offering, evaluate),
    command: optional(machine.command, evaluate),
    userData: optional(machine.userData, evaluate),
    environment: environmentOf(machine.environment, evaluate),
    ports: portsOf(machine.ports, evaluate),
  })
  if (parts.kind !== 'ready') return parts
  const { image, offering, command, userData, environment, ports } = parts.value
  return {
    kind: 'ready',
    value: {
      kind: 'machine',
      ...given,
      ...(image === undefined ? {} : { image: plainText(image) }),
      ...(offering === undefined ? {} : { offering: plainText(offering) }),
      ...(command === undefined ? {} : { command: argumentsOf(command) }),
      ...(userData === undefined ? {} : { userData: plainText(userData) }),
      ...(machine.cores === undefined ? {} : { cores: machine.cores }),
      ...(machine.memory === undefined ? {} : { memory: machine.memory }),
      ...(machine.keyPair === undefined ? {} : { keyPair: machine.keyPair }),
      environment,
      ports,
      hostsSoftware: hostsSoftware(spec),
      options: machine.options,
    },
  }
}

/** An operation as text: its script, environment and files. */
export interface Work {
  readonly script: string
  readonly environment: { readonly [name: string]: string | Secret }
  readonly files: readonly MachineFile[]
  /** What is done in place of the script. */
  readonly workflow?: WorkflowSpec
  /** Digest of all of it; a secret counts by its fingerprint. */
  readonly digest: string
}

/** An operation made ready to run; `extra` is put under the operation's own environment. */
export function workOf(
  operation: OperationSpec,
  evaluate: Evaluate,
  extra: {
    readonly environment: ConfigMap
    readonly files: readonly FileSpec[]
    readonly facts?: { readonly [name: string]: string }
    /** @default the run directory of its machine */
    readonly workplace?: Workplace
  },
): Shaped<Work> {
  const parts = all({
    before: optional(operation.before, evaluate),
    command: optional(operation.command, evaluate),
    after: optional(operation.after, evaluate),
    environment: environmentOf({ ...extra.environment, ...operation.environment }, evaluate),
    files: filesOf([...operation.files, ...extra.files], evaluate),
  })
  if (parts.kind !== 'ready') return parts
  const { before, command, after } = parts.value
  const commands = [before, command, after].filter((part) => part !== undefined).map(plainText)
  const script = [...(extra.workplace?.lines ?? []), ...commands].join('\n')
  const files = filesIn(extra.workplace?.directory, parts.value.files)
  const environment = { ...extra.facts, ...parts.value.environment }
  const digest = workDigest(script, environment, files)
  const { workflow } = operation
  if (workflow === undefined) return { kind: 'ready', value: { script, environment, files, digest } }
  const whole = digestOf([digest, workflow as unknown as Json])
  return { kind: 'ready', value: { script, environment, files, workflow, digest: whole } }
}

function hostsSoftware({ software, sharesMachine }: EntitySpec): boolean {
  return software !== undefined || sharesMachine === true
}

/** The live files of an entity, evaluated. */
export function filesOf(files: readonly FileSpec[], evaluate: Evaluate): Shaped<readonly MachineFile[]> {
  const made: MachineFile[] = []
  const waits: Waiting[] = []
  for (const file of files) {
    const content = evaluate(file.content)
    if (content.kind === 'failed') return { kind: 'failed', reason: `${file.path}: ${content.reason}` }
    if (content.kind === 'waiting') waits.push(content)
    else made.push({ path: file.path, content: text(content.value), mode: file.mode })
  }
  return allWaits(waits) ?? { kind: 'ready', value: made }
}

/** Digest of files by path, mode and content; a secret counts by its fingerprint. */
export function filesDigest(files: readonly MachineFile[]): string {
  return digestOf(files.map((file) => [file.path, file.mode, fingerprint(file.content)]))
}

const NO_MACHINE: MachineSpec = { environment: {}, ports: [], networks: [], options: {} }

function workDigest(script: string, environment: Work['environment'], files: readonly MachineFile[]): string {
  const names = Object.entries(environment).map(([name, value]) => [name, fingerprint(value)] as const)
  return digestOf([script, Object.fromEntries(names), filesDigest(files)])
}

function fingerprint(value: string | Secret): string {
  return value instanceof Secret ? value.fingerprint() : value
}

function environmentOf(
  config: ConfigMap,
  evaluate: Evaluate,
): Shaped<{ readonly [name: string]: string | Secret }> {
  const entries: [string, string | Secret][] = []
  const waits: Waiting[] = []
  for (const [name, expression] of Object.entries(config)) {
    const value = evaluate(expression)
    if (value.kind === 'failed') return { kind: 'failed', reason: `${name}: ${value.reason}` }
    if (value.kind === 'waiting') waits.push(value)
    else entries.push([name, text(value.value)])
  }
  return allWaits(waits) ?? { kind: 'ready', value: Object.fromEntries(entries) }
}

function optional(expression: Expression | undefined, evaluate: Evaluate): Shaped<Value | undefined> {
  if (expression === undefined) return { kind: 'ready', value: undefined }
  const value = evaluate(expression)
  if (value.kind !== 'ready' || !(value.value instanceof Secret)) return value
  return { kind: 'failed', reason: SECRET_IN_COMMAND }
}

/** Ports with the numbers that are wanted of them now. */
export function portsOf(ports: readonly PortSpec[], evaluate: Evaluate): Shaped<MachineShape['ports']> {
  const made: MachineShape['ports'][number][] = []
  for (const port of ports) {
    const wish = optional(port.wanted, evaluate)
    if (wish.kind !== 'ready') return wish
    const value = wish.value === undefined ? null : plain(wish.value)
    if (portNumber(value) === undefined && value !== null && value !== '')
      return { kind: 'failed', reason: `${port.name}: no port can be ${JSON.stringify(value)}` }
    made.push(numbered(port, value))
  }
  return { kind: 'ready', value: made }
}

/** Ports to choose from are nobody's before one is chosen; a number alone may be what software has of itself. */
function numbered(
  { scheme: _scheme, wanted: _wanted, exact, ...port }: PortSpec,
  wish: Json,
): MachineShape['ports'][number] {
  const number = portNumber(wish) ?? port.number
  if (number === undefined) return port
  const isAlone = typeof wish !== 'string' || /^\d*$/.test(wish.trim())
  return { ...port, number, ...(exact === true && isAlone ? { exact } : {}) }
}

function plainText(value: Value): string {
  const shown = text(value)
  return shown instanceof Secret ? shown.toString() : shown
}

function argumentsOf(value: Value): readonly string[] {
  const shown = plain(value)
  if (Array.isArray(shown))
    return shown.map((part: Json) => (typeof part === 'string' ? part : canonicalJson(part)))
  return ['/bin/sh', '-c', plainText(value)]
}

type Waiting = Extract<Evaluation, { readonly kind: 'waiting' }>

type Parts = { readonly [name: string]: Shaped<unknown> }
type Values<P extends Parts> = { readonly [K in keyof P]: P[K] extends Shaped<infer T> ? T : never }

function all<P extends Parts>(parts: P): Shaped<Values<P>> {
  const waits: Waiting[] = []
  const values: { [name: string]: unknown } = {}
  for (const [name, part] of Object.entries(parts)) {
    if (part.kind === 'failed') return part
    if (part.kind === 'waiting') waits.push(part)
    else values[name] = part.value
  }
  return allWaits(waits) ?? { kind: 'ready', value: values as Values<P> }
}
