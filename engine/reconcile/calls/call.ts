import type { Announcement, Incarnation, StepKind } from '../../entity/allocation.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { HeldRef } from '../../entity/resource.js'
import type { MachineShape, ResourceRef, RunRequest } from '../../ports/location.js'
import type { OperationSpec, PhaseName } from '../../spec/operation-spec.js'
import { required, unreachable } from '../../support/invariant.js'
import { machineOf } from '../facts/condition.js'
import { directoriesOf } from '../facts/directories.js'
import { ownedId, slug } from '../facts/naming.js'
import { isForced } from '../facts/removal.js'
import { ownPorts } from '../facts/shared-machine.js'
import { farName, heldRef, needsOf } from './needs.js'
import {
  filesOf,
  machineShape,
  workOf,
  type Evaluate,
  type GivenShape,
  type Shaped,
  type Work,
} from './shape.js'
import type { StepCall, Wanted } from '../facts/step.js'
import { requestOf } from './run-request.js'
import { guestPorts, refAt } from './shared-machine.js'
import { filesIn, workplaceOf } from './workplace.js'
import { workVersion } from './work-version.js'
import type { SlotFacts, World } from '../facts/world.js'
import { versionAt } from '../facts/rollout.js'

/** Milliseconds that a service gets to end by itself before it is killed. */
const STOP_GRACE = 10_000

/** Milliseconds for a phase whose author names no limit. */
const PHASE_TIMEOUT = 300_000

/**
 * The port call of an announced step, made anew from the books: the same announcement gives the same call before and
 * after a restart.
 */
export function callOf(
  step: Announcement,
  incarnation: Incarnation,
  slot: SlotFacts,
  world: World,
): Shaped<StepCall> {
  const ref = refAt(incarnation, step.generation, world)
  switch (step.kind) {
    case 'ensure':
      return ensureCall(step, incarnation, slot, world)
    case 'phase':
    case 'stop-command':
      return runCall(step, incarnation, slot, world)
    case 'launch':
      return launchCall(step, incarnation, slot, world)
    case 'refresh':
      return refreshCall(step, incarnation, slot, world)
    default:
      return ready(plainCall(step.kind, step.token, { ref, grace: graceOf(world, slot.path) }))
  }
}

/** The call of a step that needs nothing but its machine. */
function plainCall(
  kind: Extract<StepKind, 'boot' | 'halt' | 'end-run' | 'fence' | 'destroy'>,
  token: string,
  { ref, grace }: { readonly ref: ResourceRef; readonly grace: number },
): StepCall {
  switch (kind) {
    case 'boot':
      return { verb: 'start', ref }
    case 'halt':
      return { verb: 'stop', ref, grace }
    case 'end-run':
      return { verb: 'end-run', ref, token, grace }
    case 'fence':
    case 'destroy':
      return { verb: kind, ref }
    default:
      return unreachable(kind)
  }
}

/** The call that a step will be once it is announced, found before that: what cannot be called is not announced. */
export function callAhead(
  wanted: Wanted,
  incarnation: Incarnation,
  slot: SlotFacts,
  world: World,
): Shaped<StepCall> {
  const step = { ...wanted, generation: incarnation.generation + 1, at: 0, attempt: 1, desired: 0 }
  return callOf(step, incarnation, slot, world)
}

/** Milliseconds that a service gets to end by itself: none when it is to go by force. */
export function graceOf({ desired }: World, path: string): number {
  return isForced(desired, path) ? 0 : STOP_GRACE
}

/** How an incarnation's machine is named at its location. */
export function refOf(incarnation: Incarnation, generation: number): ResourceRef {
  return { token: incarnation.token, kind: 'machine', name: incarnation.name, generation }
}

/** The work of one phase in its version of the document; undefined where it has none. */
export function phaseWork(
  phase: PhaseName,
  incarnation: Incarnation,
  slot: SlotFacts,
  world: World,
): Shaped<Work> | undefined {
  const version = workVersion(phase, incarnation, slot, world)
  const node = world.tree(version).at(slot.path) ?? slot.node
  const operation = node?.spec.software?.phases[phase]
  if (node === undefined || operation === undefined) return undefined
  return operationWork(operation, node, incarnation, { slot, world, version, phase })
}

/** The live files of the wanted version, evaluated. */
export function liveFiles(slot: SlotFacts, world: World): ReturnType<typeof filesOf> {
  const software = slot.node?.spec.software
  const files = filesOf(
    software?.files ?? [],
    evaluator(slot.path, world, versionAt(world.desired, slot.path)),
  )
  if (files.kind !== 'ready') return files
  const directory =
    software === undefined ? undefined : directoriesOf(software, slot.node, slot.path).runDirectory
  return { kind: 'ready', value: filesIn(directory, files.value) }
}

interface Context {
  readonly slot: SlotFacts
  readonly world: World
  readonly version: number
  readonly phase: PhaseName | 'reload'
}

function operationWork(
  operation: OperationSpec,
  node: SpecNode,
  incarnation: Incarnation,
  context: Context,
): Shaped<Work> {
  const { slot, world, version, phase } = context
  const { software } = node.spec
  return workOf(operation, evaluator(slot.path, world, version), {
    ...(software === undefined
      ? {}
      : { workplace: workplaceOf(directoriesOf(software, slot.node, slot.path), phase) }),
    environment: software?.environment ?? {},
    files: [],
    facts: factsOf(incarnation, slot),
  })
}

/** What every command on a machine is told about where it is. */
export function factsOf(
  incarnation: Incarnation,
  slot: Pick<SlotFacts, 'path' | 'observed'>,
): { readonly [name: string]: string } {
  const ports = ownPorts(incarnation, machineOf(incarnation, slot.observed))
  const numbers: [string, string][] = Object.entries(ports).map(([name, port]) => [
    `PORT_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`,
    String(port.inside),
  ])
  const [first] = Object.values(ports)
  return {
    ...Object.fromEntries(numbers),
    ...(first === undefined ? {} : { PORT: String(first.inside) }),
    WEIR_ENTITY: slot.path,
    WEIR_NAME: slug(slot.path),
    WEIR_INCARNATION: String(incarnation.number),
  }
}

function ensureCall(
  step: Announcement,
  incarnation: Incarnation,
  slot: SlotFacts,
  world: World,
): Shaped<StepCall> {
  const node = world.tree(incarnation.version).at(slot.path) ?? slot.node
  if (node === undefined) return { kind: 'failed', reason: 'its version is no longer kept' }
  const given = givenShape(node, incarnation, slot, world)
  const shape = machineShape(node.spec, evaluator(slot.path, world, incarnation.version), given)
  if (shape.kind !== 'ready') return shape
  const guests = guestPorts(node, slot.path, (path) => evaluator(path, world, incarnation.version))
  if (guests.kind !== 'ready') return guests
  const whole = { ...shape.value, ports: [...shape.value.ports, ...guests.value] }
  const named = withFarNames(whole, incarnation.location, world)
  return ready({
    verb: 'ensure',
    want: {
      token: incarnation.token,
      name: incarnation.name,
      generation: step.generation,
      marks: {
        engine: world.engine,
        application: world.desired.id,
        entity: slot.path,
        incarnation: incarnation.number,
        digest: incarnation.digest,
      },
      shape: named,
    },
  })
}

function givenShape(node: SpecNode, incarnation: Incarnation, slot: SlotFacts, world: World): GivenShape {
  const { location, zone } = incarnation
  const hostname = slug(slot.path)
  const role = slug(slot.role ?? slot.path)
  const needs = needsOf(node, slot.path, location, world)
  const held = (kind: 'network' | 'rule' | 'address'): readonly HeldRef[] =>
    needs.flatMap((need) => (need.kind === kind ? refsOf(need.id, world) : []))
  return {
    hostname,
    aliases: hostname === role ? [hostname] : [hostname, role],
    networks: held('network'),
    rules: held('rule'),
    addresses: held('address'),
    volumes: node.spec.volumes.flatMap(({ name, path }) =>
      refsOf(ownedId('volume', slot.path, name), world).map((ref) => ({ ...ref, path })),
    ),
    ...(zone === undefined ? {} : { zone }),
  }
}

/** Declared images and keys by the names that they have at the location. */
function withFarNames(shape: MachineShape, location: string, world: World): MachineShape {
  const { application } = world.tree(world.desired.version)
  const { image, keyPair = application.keyPair } = shape
  return {
    ...shape,
    ...(image === undefined ? {} : { image: farName('image', image, location, world) }),
    ...(keyPair === undefined ? {} : { keyPair: farName('key', keyPair, location, world) }),
  }
}

function refsOf(id: string, world: World): readonly HeldRef[] {
  const holding = world.holding(id)
  return holding === undefined ? [] : [heldRef(holding)]
}

function runCall(
  step: Announcement,
  incarnation: Incarnation,
  slot: SlotFacts,
  world: World,
): Shaped<StepCall> {
  const phase = (step.phase ?? 'stop') as PhaseName
  const work = phaseWork(phase, incarnation, slot, world)
  if (work === undefined) return { kind: 'failed', reason: `it has no phase ${phase} any more` }
  if (work.kind !== 'ready') return work
  const ref = refAt(incarnation, step.generation, world)
  if (work.value.workflow !== undefined) return ready(workflowCall(step, phase, ref, work.value))
  const timeout = timeoutOf(phase, incarnation, slot, world)
  return ready({
    verb: 'run',
    ref,
    request: requestOf(ref.generation, step, work.value, { mode: 'task', timeout, label: phase }),
  })
}

function timeoutOf(phase: PhaseName, incarnation: Incarnation, slot: SlotFacts, world: World): number {
  const version = workVersion(phase, incarnation, slot, world)
  const node = world.tree(version).at(slot.path) ?? slot.node
  const named = node?.spec.software?.phases[phase]?.timeout ?? 0
  return named > 0 ? named : PHASE_TIMEOUT
}

function launchCall(
  step: Announcement,
  incarnation: Incarnation,
  slot: SlotFacts,
  world: World,
): Shaped<StepCall> {
  const work = phaseWork('launch', incarnation, slot, world)
  if (work === undefined) return { kind: 'failed', reason: 'it has no launch command any more' }
  if (work.kind !== 'ready') return work
  const files = liveFiles(slot, world)
  if (files.kind !== 'ready') return files
  const ref = refAt(incarnation, step.generation, world)
  const whole = { ...work.value, files: [...work.value.files, ...files.value] }
  if (whole.workflow !== undefined) return ready(workflowCall(step, 'launch', ref, whole))
  return ready({ verb: 'run', ref, request: launchRequest(ref.generation, step, whole, slot) })
}

function launchRequest(generation: number, step: Announcement, work: Work, { node }: SlotFacts): RunRequest {
  const job = node?.spec.job !== undefined
  return requestOf(generation, step, work, {
    mode: job ? 'task' : 'service',
    timeout: node?.spec.software?.phases.launch?.timeout ?? 0,
    label: 'launch',
  })
}

function workflowCall(
  step: Announcement,
  phase: PhaseName,
  ref: ResourceRef,
  { workflow, files }: Work,
): StepCall {
  return { verb: 'workflow', ref, token: step.token, phase, workflow: required(workflow, 'workflow'), files }
}

function refreshCall(
  step: Announcement,
  incarnation: Incarnation,
  slot: SlotFacts,
  world: World,
): Shaped<StepCall> {
  const files = liveFiles(slot, world)
  if (files.kind !== 'ready') return files
  const ref = refAt(incarnation, step.generation, world)
  const reload = slot.node?.spec.software?.reload
  if (slot.node === undefined || reload === undefined)
    return ready({ verb: 'refresh', ref, files: files.value })
  const version = versionAt(world.desired, slot.path)
  const work = operationWork(reload, slot.node, incarnation, { slot, world, version, phase: 'reload' })
  if (work.kind !== 'ready') return work
  const timeout = reload.timeout > 0 ? reload.timeout : PHASE_TIMEOUT
  return ready({
    verb: 'refresh',
    ref,
    files: files.value,
    reload: requestOf(ref.generation, step, work.value, { mode: 'task', timeout, label: 'reload' }),
  })
}

function evaluator(path: string, world: World, version: number): Evaluate {
  return (expression) => world.evaluate(expression, path, version)
}

function ready(call: StepCall): Shaped<StepCall> {
  return { kind: 'ready', value: call }
}
