import { NOWHERE } from './placement.js'
import type {
  HoldingRecord,
  Incarnation,
  RunAllocation,
  SlotRecord,
  Trouble,
} from '../../entity/allocation.js'
import type { EntityState, ObservedRecord } from '../../entity/observation.js'
import type { ResourceState, RunState } from '../../entity/resource.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { DesiredRecord, Rest, Wish } from '../../entity/desired.js'
import { unseenLine } from './host-loss.js'

/** How a slot stands, derived from its records. Never stored. */
export interface Condition {
  readonly state: EntityState
  readonly up: boolean
  /** Nothing of it runs. */
  readonly quiet: boolean
  /** Nothing of it exists. */
  readonly gone: boolean
  readonly reason: string
}

/** Whether two conditions are the same but for their reasons. */
export function isSameCondition(a: Condition, b: Condition): boolean {
  return a.state === b.state && a.up === b.up && a.quiet === b.quiet && a.gone === b.gone
}

/** How the service of an incarnation stands. */
export type ServiceState =
  | { readonly kind: 'none' | 'starting' | 'up' | 'unhealthy' | 'ended' }
  | { readonly kind: 'failed'; readonly reason: string; readonly exitCode?: number }

/** Whether the service is a process launched on the machine, or the machine's own command. */
export function serviceKind(node: SpecNode): 'process' | 'machine' {
  return node.spec.software?.phases.launch === undefined ? 'machine' : 'process'
}

/** The far end's last word on an incarnation's machine. */
export function machineOf(
  { token, on }: Pick<Incarnation, 'token' | 'on'>,
  observed: ObservedRecord | undefined,
): ResourceState | undefined {
  const machine = on?.token ?? token
  return observed?.resources.find((one) => one.token === machine)
}

/** The supervisor's last word on a run. */
export function runStateOf(machine: ResourceState | undefined, token: string): RunState | undefined {
  return machine?.runs?.find((run) => run.token === token)
}

/** How the service of an incarnation stands by what was last observed. */
export function serviceOf(
  incarnation: Incarnation,
  node: SpecNode,
  observed: ObservedRecord | undefined,
): ServiceState {
  const { run } = incarnation
  if (run === undefined) return { kind: 'none' }
  if (run.stage === 'ended') return { kind: 'ended' }
  const machine = machineOf(incarnation, observed)
  const failure = runFailure(run, node, machine)
  // Seen to have ended before the one who is ending it was answered.
  if (failure !== undefined) return isBeingEnded(incarnation) ? { kind: 'starting' } : failure
  if (run.stage !== 'launched' || machine?.state !== 'running' || isBeingEnded(incarnation))
    return { kind: 'starting' }
  // A job is up when it is done: nobody may take one that runs for one that has run.
  if (node.spec.job !== undefined) return { kind: 'starting' }
  return healthOf(run, node, { machine, observed })
}

/** What is wanted of a slot, and what it is known by beside its own records. */
export interface SlotWants extends Pick<DesiredRecord, 'wish' | 'recovery'> {
  /** The digest by which a run-once entity is done as it is wanted now. */
  readonly job?: string | undefined
  /** Its set of back ends. */
  readonly set?: HoldingRecord | undefined
  /** The rest that holds for it; its wish is to be stopped then. */
  readonly rest?: Rest | undefined
}

/** How a slot stands. */
export function conditionOf(
  record: SlotRecord,
  node: SpecNode | undefined,
  observed: ObservedRecord | undefined,
  wanted: SlotWants,
): Condition {
  const serving = node !== undefined && incarnations(record).some((one) => isServing(one, node, observed))
  const quiet = isQuiet(record, observed, wanted.rest)
  const gone = record.current === undefined && record.leaving.length === 0 && wanted.set === undefined
  if (isCompleted(record, wanted.job))
    return { state: 'completed', up: true, quiet, gone, reason: 'its job is done' }
  const input = {
    record,
    node,
    observed,
    wish: wanted.wish,
    whyStopped: whyStopped(wanted.rest),
    trouble: openTrouble(record, wanted),
    serving,
    quiet,
    gone,
  }
  if (node?.spec.balance?.by === 'place') return setCondition(input, wanted)
  const [state, reason] = stateOf(input)
  return shared({ state, up: serving && state !== 'stopping', quiet, gone, reason })
}

function whyStopped(rest: Rest | undefined): string {
  return rest?.reason ?? 'wish stopped'
}

/** Whether something of an incarnation may be running that is its own, and is not left as it is. */
export function mayStir(
  one: Incarnation,
  observed: ObservedRecord | undefined,
  rest?: Pick<Rest, 'machine'>,
): boolean {
  const isServiceAlone = rest?.machine === 'leave' || one.on !== undefined || one.location === NOWHERE
  return isServiceAlone ? mayServe(one, observed) : mayRun(one, observed)
}

/** Whether nothing of a slot runs; a machine that its rest leaves as it is does not count. */
function isQuiet(record: SlotRecord, observed: ObservedRecord | undefined, rest: Rest | undefined): boolean {
  return !incarnations(record).some((one) => mayStir(one, observed, rest))
}

/** The set of back ends of a slot is there and usable, changed meanwhile or not. */
export function isSetUp(set: HoldingRecord | undefined, observed: ObservedRecord | undefined): boolean {
  if (set === undefined || set.stage === 'removing' || set.stage === 'gone') return false
  return observed?.resources.find(({ token }) => token === set.token)?.state === 'running'
}

/** Nothing is spread any more, and the place has said so. */
function isSetQuiet(set: HoldingRecord | undefined): boolean {
  if (set?.shape.kind !== 'backends') return true
  return set.stage === 'present' && set.shape.members.length === 0
}

/** How an entity stands that has no machine, but a set of back ends in its place. */
function setCondition(input: StateInput, { set, recovery, wish }: SlotWants): Condition {
  const { observed, record, gone } = input
  const quiet = input.quiet && isSetQuiet(set)
  const serving = wish === 'running' && record.retired === undefined && isSetUp(set, observed)
  const trouble = set === undefined ? input.trouble : openTrouble(set, { recovery })
  const [state, reason] = setState({ ...input, quiet, serving, trouble }, set)
  return shared({ state, up: serving, quiet, gone, reason })
}

function setState(input: StateInput, set: HoldingRecord | undefined): readonly [EntityState, string] {
  const { record, wish, trouble, serving } = input
  if (record.retired !== undefined || wish === 'gone') return leavingState(input)
  if (wish === 'stopped') return [input.quiet ? 'stopped' : 'stopping', input.whyStopped]
  if (serving) return ['running', 'running']
  if (trouble !== undefined) return ['failed', trouble.failure.message]
  const isNew = set === undefined && record.upSerial === 0
  return isNew ? ['created', 'not begun'] : ['starting', 'its set of back ends is being made']
}

/** Entities that run, which are most of a large landscape, share one condition. */
function shared(condition: Condition): Condition {
  const { state, up, quiet, gone, reason } = condition
  return state === RUNNING.state && reason === RUNNING.reason && up && !quiet && !gone ? RUNNING : condition
}

const RUNNING: Condition = Object.freeze({
  state: 'running',
  up: true,
  quiet: false,
  gone: false,
  reason: 'running',
})

function isCompleted({ done, current }: SlotRecord, job: string | undefined): boolean {
  return done !== undefined && current === undefined && (job === undefined || job === done)
}

/** What has gone wrong and still counts: recover, and another document, clear it. */
export function openTrouble(
  { trouble }: { readonly trouble?: Trouble },
  { recovery }: Pick<DesiredRecord, 'recovery'>,
): Trouble | undefined {
  return trouble !== undefined && trouble.recovery >= recovery ? trouble : undefined
}

/** Current first, then those on their way out. */
export function incarnations({ current, leaving }: SlotRecord): readonly Incarnation[] {
  if (current === undefined) return leaving
  // Most often nothing leaves, and spreading a frozen list is slow even when it is empty.
  return leaving.length === 0 ? [current] : [current, ...leaving]
}

/** Whether an incarnation does its work: ready, and its service up. */
export function isServing(
  incarnation: Incarnation,
  node: SpecNode,
  observed: ObservedRecord | undefined,
): boolean {
  if (incarnation.stage !== 'ready' || incarnation.lost !== undefined) return false
  return serviceOf(incarnation, node, observed).kind === 'up'
}

/** Whether something of an incarnation may be running, by what is known. */
export function mayRun(incarnation: Incarnation, observed: ObservedRecord | undefined): boolean {
  const machine = machineOf(incarnation, observed)
  if (incarnation.stage === 'creating') return incarnation.step !== undefined
  return machine?.state === 'running' || machine?.state === 'creating'
}

/** Whether the service of an incarnation may be running, whatever of its machine. */
export function mayServe(incarnation: Incarnation, observed: ObservedRecord | undefined): boolean {
  const { stage, run } = incarnation
  if (stage !== 'creating' && (run === undefined || run.stage === 'ended')) return false
  return mayRun(incarnation, observed)
}

function isBeingEnded({ step }: Incarnation): boolean {
  return step?.kind === 'end-run' || step?.kind === 'halt' || step?.kind === 'stop-command'
}

function runFailure(
  run: RunAllocation,
  node: SpecNode,
  machine: ResourceState | undefined,
): ServiceState | undefined {
  if (serviceKind(node) === 'machine') return machineFailure(run, machine)
  const state = runStateOf(machine, run.token)
  if (state === undefined || state.state === 'running' || hasLeftItRunning(state, node)) return undefined
  const { exitCode } = state
  const how = state.state === 'exited' ? `exited with code ${exitCode ?? '?'}` : state.state.replace('-', ' ')
  return failedService(`run ${run.number} ${how}`, exitCode)
}

/** A launch command that ended well where a check tells whether what it left behind lives. */
function hasLeftItRunning(state: RunState, node: SpecNode): boolean {
  const checked = node.spec.software?.phases.check !== undefined
  return checked && state.state === 'exited' && state.exitCode === 0
}

function failedService(reason: string, exitCode: number | undefined): ServiceState {
  return exitCode === undefined ? { kind: 'failed', reason } : { kind: 'failed', reason, exitCode }
}

function machineFailure(run: RunAllocation, machine: ResourceState | undefined): ServiceState | undefined {
  if (run.stage !== 'launched' || machine?.state !== 'stopped') return undefined
  const { exitCode } = machine
  const how = exitCode === undefined ? 'ended' : `ended with code ${exitCode}`
  return failedService(`run ${run.number} ${how}`, exitCode)
}

function healthOf(
  run: RunAllocation,
  node: SpecNode,
  seen: { readonly machine: ResourceState; readonly observed: ObservedRecord | undefined },
): ServiceState {
  if (seen.machine.health === 'unhealthy') return { kind: 'unhealthy' }
  if (seen.machine.health === 'starting') return { kind: 'starting' }
  if (!isProbed(node)) return { kind: 'up' }
  const verdict = seen.observed?.health
  if (verdict?.token !== run.token) return { kind: 'starting' }
  return { kind: verdict.healthy ? 'up' : 'unhealthy' }
}

/** Whether being up is decided by probes of ours. */
export function isProbed(node: SpecNode): boolean {
  const { health, software } = node.spec
  return health?.http !== undefined || health?.command !== undefined || software?.phases.check !== undefined
}

interface StateInput {
  readonly record: SlotRecord
  readonly node: SpecNode | undefined
  readonly observed: ObservedRecord | undefined
  readonly wish: Wish
  readonly whyStopped: string
  readonly trouble: Trouble | undefined
  readonly serving: boolean
  readonly quiet: boolean
  readonly gone: boolean
}

function stateOf(input: StateInput): readonly [EntityState, string] {
  const { record, wish, trouble } = input
  if (input.node === undefined || record.retired !== undefined || wish === 'gone') return leavingState(input)
  if (trouble?.verdict === 'quarantine') return ['quarantined', trouble.failure.message]
  if (wish === 'stopped') return [input.quiet ? 'stopped' : 'stopping', input.whyStopped]
  if (input.serving) return ['running', record.leaving.length > 0 ? 'running, being replaced' : 'running']
  return startingState(input, input.node)
}

function leavingState(input: StateInput): readonly [EntityState, string] {
  const why = input.record.retired ?? 'no longer wanted'
  if (input.gone) return ['gone', why]
  const isEnded = incarnations(input.record).every((one) => one.stage === 'removing')
  return input.quiet || isEnded ? ['removing', why] : ['stopping', why]
}

function startingState(input: StateInput, node: SpecNode): readonly [EntityState, string] {
  const { record, observed, trouble } = input
  const { current } = record
  const wrong = current === undefined ? undefined : whatIsWrong(current, node, observed)
  if (wrong !== undefined) return ['failed', wrong]
  const isTrying = current?.step !== undefined || current?.run?.stage === 'launched'
  if (trouble !== undefined && !isTrying) return ['failed', trouble.failure.message]
  return current === undefined ? beginningState(record) : ['starting', progressOf(current, node)]
}

function beginningState({ next }: SlotRecord): readonly [EntityState, string] {
  return next === 1 ? ['created', 'not begun'] : ['starting', 'its next incarnation is not begun']
}

function whatIsWrong(
  current: Incarnation,
  node: SpecNode,
  observed: ObservedRecord | undefined,
): string | undefined {
  if (current.lost !== undefined) return unseenLine(current, current.lost)
  const service = serviceOf(current, node, observed)
  if (service.kind === 'failed') return service.reason
  return service.kind === 'unhealthy' ? whyUnhealthy(current, observed) : undefined
}

/** What cannot be seen answers no probe either, which says nothing about its health. */
function whyUnhealthy(current: Incarnation, observed: ObservedRecord | undefined): string {
  const unseen = observed?.unseen?.[current.on?.token ?? current.token]
  if (unseen !== undefined) return unseenLine(current, unseen)
  return `not healthy: ${observed?.health?.reason ?? 'the far end says so'}`
}

function progressOf(incarnation: Incarnation, { spec }: SpecNode): string {
  const { step, run } = incarnation
  if (step !== undefined) return step.phase ?? step.kind
  if (run?.stage !== 'launched') return incarnation.stage
  return spec.job === undefined ? 'waiting for its health check' : 'its job runs'
}
