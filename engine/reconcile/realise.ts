import type { Incarnation, RunAllocation, StepKind } from '../entity/allocation.js'
import { pathSeenFrom, type SpecNode } from '../entity/spec-tree.js'
import { parentPath } from '../entity/path.js'
import { required } from '../support/invariant.js'
import { callOf, liveFiles, networkIds, phaseWork } from './call.js'
import { machineOf, runStateOf, serviceKind, serviceOf } from './condition.js'
import type { SlotDraft } from './draft.js'
import { formAt, type Gap } from './gap.js'
import { makeHolding } from './holding.js'
import { nameFor, tokenFor, volumeId } from './naming.js'
import { predecessors } from './order.js'
import { filesDigest } from './shape.js'

/** Begins a new incarnation, once everything it needs is there. */
export function create(draft: SlotDraft, node: SpecNode): void {
  draft.settled = false
  if (!mayRetry(draft) || !mayExist(draft, node) || !predecessorsUp(draft, node)) return
  const location = draft.world.locationOf(node)
  if (location === undefined || draft.world.capabilities(location) === undefined) {
    draft.wait(location === undefined ? 'no location is named for it' : `location ${location} is not there`)
    return
  }
  if (!holdingsPresent(draft, node, location)) return
  const incarnation = newIncarnation(draft, node, location)
  const wanted = {
    kind: 'ensure',
    token: incarnation.token,
    digest: incarnation.digest,
    reason: 'wanted and not there',
  } as const
  const step = { ...wanted, generation: 1, at: 0, attempt: 1, desired: 0 }
  const call = callOf(step, incarnation, draft.slot, draft.world)
  if (call.kind !== 'ready') {
    reportUnready(draft, call)
    return
  }
  draft.record = { ...draft.record, current: incarnation, next: incarnation.number + 1 }
  draft.announce(incarnation, wanted, call.value)
}

/** Takes the current incarnation one step further towards a running service. */
export function realise(draft: SlotDraft, node: SpecNode, gap: Gap): void {
  const current = required(draft.record.current, 'current incarnation')
  if (draft.slot.isUnderWay(current.number)) {
    draft.settled = false
    return
  }
  if (current.step !== undefined) {
    resume(draft, current)
    return
  }
  if (current.stage === 'creating') {
    draft.leave('never came to be', 'removing')
    return
  }
  if (gap.kind === 'change') changeRun(draft, node, current)
  else if (!isBooted(draft, node, current)) boot(draft, node, current)
  else if (current.stage === 'preparing') prepare(draft, node, current)
  else if (serviceKind(node) === 'process') serve(draft, node, current)
  else watchMachine(draft, node, current)
}

/** Replaces the current incarnation, by the order that its role names, within its bounds. */
export function replace(draft: SlotDraft, node: SpecNode, gap: Gap & { readonly reason: string }): void {
  draft.settled = false
  const { slot, world } = draft
  const current = required(draft.record.current, 'current incarnation')
  if (slot.isUnderWay(current.number)) return
  const serving = current.stage === 'ready' && serviceOf(current, node, slot.observed).kind === 'up'
  const asked = world.desired.floors[slot.path]?.order
  const rule = asked === undefined ? replacementRule(node) : { order: asked, surge: 1, unavailable: 1 }
  const tally = slot.role === undefined ? undefined : world.tally(slot.role)
  if (serving && tally !== undefined && draft.record.leaving.length === 0) {
    const allowed = Math.max(1, rule.order === 'new-first' ? rule.surge : rule.unavailable)
    if (tally.replacing >= allowed) {
      draft.wait(
        `${tally.replacing} of ${slot.role ?? ''} are being replaced already; ${allowed} may be at once`,
      )
      return
    }
  }
  const newFirst = serving && rule.order === 'new-first' && node.spec.volumes.length === 0
  const { step: _step, ...rest } = current
  if (current.step !== undefined) draft.put(rest)
  draft.leave(
    gap.reason,
    newFirst ? 'ready' : current.stage === 'creating' || current.run === undefined ? 'removing' : 'retiring',
  )
  if (newFirst) create(draft, node)
  else draft.wait('its former incarnation leaves first')
}

/** Whether past failures allow another try now. */
export function mayRetry(draft: SlotDraft): boolean {
  const { record, world } = draft
  const { trouble } = record
  if (trouble === undefined || trouble.recovery < world.desired.recovery) return true
  if (world.now >= Math.max(trouble.retryAt, draft.slot.notBefore)) return true
  draft.wait(`attempt ${trouble.attempts + 1} is due later: ${trouble.failure.message}`, trouble.retryAt)
  return false
}

/** Steps that are not over when their run is seen to run: a service is launched, an end is still to come. */
const ASKED_ANYWAY: ReadonlySet<StepKind> = new Set(['launch', 'end-run'])

/** Takes up an announced step whose outcome is open. */
export function resume(draft: SlotDraft, incarnation: Incarnation): void {
  const { slot, world } = draft
  const step = required(incarnation.step, 'announced step')
  draft.settled = false
  const machine = machineOf(incarnation, slot.observed)
  const begun = step.kind === 'ensure' && machine?.state === 'creating'
  const running = runStateOf(machine, step.token)?.state === 'running' && !ASKED_ANYWAY.has(step.kind)
  if (begun || running) {
    draft.wait(`${step.phase ?? step.kind} is under way`)
    return
  }
  if (world.now < slot.notBefore) {
    draft.wait(`${step.phase ?? step.kind} is tried again later`, slot.notBefore)
    return
  }
  if (!mayRetry(draft)) return
  draft.repeat(incarnation, step, callOf(step, incarnation, slot, world))
}

function replacementRule(node: SpecNode): {
  readonly order: 'new-first' | 'old-first'
  readonly surge: number
  readonly unavailable: number
} {
  return node.parent?.spec.members?.replacement ?? { order: 'new-first', surge: 1, unavailable: 0 }
}

/** Bounds count incarnations: never more than max and surge, leaving ones included. */
function mayExist(draft: SlotDraft, node: SpecNode): boolean {
  const { record, slot, world } = draft
  const members = node.parent?.spec.members
  const keepsOld = node.spec.volumes.length > 0 || replacementRule(node).order === 'old-first'
  if (keepsOld && record.leaving.length > 0) {
    draft.wait('its former incarnation leaves first')
    return false
  }
  if (slot.role === undefined || members === undefined) return true
  const tally = world.tally(slot.role)
  const bound = members.max + members.replacement.surge
  if (tally.incarnations >= bound) {
    draft.wait(`${tally.incarnations} incarnations of ${slot.role} exist; ${bound} are allowed`)
    return false
  }
  if (members.concurrency > 0 && tally.busy >= members.concurrency) {
    draft.wait(
      `${tally.busy} of ${slot.role} are being made or removed; ${members.concurrency} may be at once`,
    )
    return false
  }
  return true
}

/** The start order holds until the entity was up once under the present wish; repair waits for nobody. */
function predecessorsUp(draft: SlotDraft, node: SpecNode): boolean {
  const { slot, world, record } = draft
  if (record.upSerial === world.desired.serial) return true
  const tree = world.tree(world.desired.version)
  let up = true
  for (const before of predecessors(tree, node)) {
    const path = pathSeenFrom(before, slot.path)
    if (world.hasStarted(path)) continue
    draft.wait(`${path} is not up`)
    up = false
  }
  return up
}

function holdingsPresent(draft: SlotDraft, node: SpecNode, location: string): boolean {
  const { world, slot } = draft
  const wanted = [
    ...networkIds(node, location, world).map((id) => ({ id, owner: '' })),
    ...node.spec.volumes.map((volume) => ({ id: volumeId(slot.path, volume.name), owner: slot.path })),
  ]
  let present = true
  for (const { id, owner } of wanted) {
    const holding = world.holding(id)
    if (holding?.stage === 'present') continue
    present = false
    if (holding === undefined) draft.holdings.push(makeHolding(id, owner, location, { node, world }))
    draft.wait(`${id} is not there`)
  }
  return present
}

function newIncarnation(draft: SlotDraft, node: SpecNode, location: string): Incarnation {
  const { slot, world, record } = draft
  const number = record.next
  const token = tokenFor(world.engine, world.desired.id, slot.path, number)
  const { zones } = node.spec.placement
  const zone =
    zones[Number(slot.path.slice((parentPath(slot.path) ?? '').length + 1)) % Math.max(1, zones.length)] ??
    zones[0]
  return {
    number,
    token,
    name: nameFor(world.desired.name, slot.path, number, token),
    version: world.desired.version,
    location,
    ...(zone === undefined ? {} : { zone }),
    digest: formAt(world.tree(world.desired.version), node, world).replace,
    stage: 'creating',
    generation: 0,
    phases: {},
    createdAt: world.now,
  }
}

function isBooted(draft: SlotDraft, node: SpecNode, current: Incarnation): boolean {
  const machine = machineOf(current, draft.slot.observed)
  if (serviceKind(node) === 'machine' && (current.run === undefined || current.run.stage === 'ended'))
    return false
  return machine?.state === 'running'
}

/** Starts the machine; where the machine is the service, that is a new run of it. */
function boot(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  if (!mayRelaunch(draft, node, current) || !predecessorsUp(draft, node)) return
  const number = (current.run?.number ?? 0) + 1
  const run = serviceKind(node) === 'machine' ? newRun(draft, node, current, `boot ${number}`) : current.run
  const next = run === undefined ? current : { ...current, run }
  draft.put(next)
  draft.announce(
    next,
    { kind: 'boot', token: current.token, digest: current.digest, reason: 'to run' },
    {
      verb: 'start',
      ref: { token: current.token, kind: 'machine', name: current.name, generation: current.generation + 1 },
    },
  )
}

/** The next one-time phase. */
function prepare(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  draft.settled = false
  if (!mayRetry(draft)) return
  const phases = node.spec.software?.phases ?? {}
  const phase = (['install', 'customize'] as const).find(
    (name) => phases[name] !== undefined && current.phases[name] === undefined,
  )
  if (phase === undefined) return
  const work = phaseWork(phase, current, draft.slot, draft.world)
  if (work?.kind !== 'ready') {
    reportUnready(draft, work ?? { kind: 'failed', reason: `no phase ${phase}` })
    return
  }
  const token = `${current.token}-${phase}-${current.generation + 1}`
  const wanted = {
    kind: 'phase',
    phase,
    token,
    digest: work.value.digest,
    reason: `${phase} leaves its receipt once`,
  } as const
  const call = callOf(
    { ...wanted, generation: current.generation + 1, at: 0, attempt: 1, desired: 0 },
    current,
    draft.slot,
    draft.world,
  )
  if (call.kind === 'ready') draft.announce(current, wanted, call.value)
  else reportUnready(draft, call)
}

/** Launches the service, or keeps its live files and environment as they should be. */
function serve(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  const { run } = current
  if (run?.stage === 'launched') {
    keep(draft, node, current, run)
    return
  }
  launch(draft, node, current)
}

function launch(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  draft.settled = false
  if (!mayRelaunch(draft, node, current) || !predecessorsUp(draft, node)) return
  const { slot, world } = draft
  const work = phaseWork('launch', current, slot, world)
  const files = liveFiles(slot, world)
  if (work?.kind !== 'ready' || files.kind !== 'ready') {
    reportUnready(draft, work ?? { kind: 'failed', reason: 'no launch command' })
    reportUnready(draft, files)
    return
  }
  const run = { ...newRun(draft, node, current, work.value.digest), files: filesDigest(files.value) }
  const wanted = {
    kind: 'launch',
    token: run.token,
    digest: run.digest,
    reason: `run ${run.number}`,
  } as const
  const next = { ...current, run }
  const call = callOf(
    { ...wanted, generation: current.generation + 1, at: 0, attempt: 1, desired: 0 },
    next,
    slot,
    world,
  )
  if (call.kind !== 'ready') return
  draft.put(next)
  draft.announce(next, wanted, call.value)
}

/** A running service whose environment or live files have changed is launched anew, or told. */
function keep(draft: SlotDraft, node: SpecNode, current: Incarnation, run: RunAllocation): void {
  const { slot, world } = draft
  if (serviceOf(current, node, slot.observed).kind !== 'up') draft.settled = false
  if (node.spec.job !== undefined) return
  const work = phaseWork('launch', current, slot, world)
  if (work?.kind === 'ready' && work.value.digest !== run.digest) {
    changeRun(draft, node, current)
    return
  }
  const files = liveFiles(slot, world)
  if (files.kind !== 'ready' || filesDigest(files.value) === run.files) return
  const digest = filesDigest(files.value)
  const token = `${current.token}-reload-${current.generation + 1}`
  const wanted = {
    kind: 'refresh',
    token,
    digest,
    reason: 'what its files are made from has changed',
  } as const
  const call = callOf(
    { ...wanted, generation: current.generation + 1, at: 0, attempt: 1, desired: 0 },
    current,
    slot,
    world,
  )
  if (call.kind === 'ready' && mayRetry(draft)) draft.announce(current, wanted, call.value)
}

/** Ends the present run, so that a new one is launched; members one after another while they serve. */
function changeRun(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  draft.settled = false
  const { slot, world } = draft
  const up = serviceOf(current, node, slot.observed).kind === 'up'
  const tally = slot.role === undefined ? undefined : world.tally(slot.role)
  if (up && tally !== undefined && tally.up < tally.members) {
    draft.wait(`${tally.members - tally.up} of ${slot.role ?? ''} are not up; one changes at a time`)
    return
  }
  endRun(draft, node, current, 'a new run is wanted')
}

/** Announces the end of the present run. */
export function endRun(
  draft: SlotDraft,
  node: SpecNode | undefined,
  incarnation: Incarnation,
  reason: string,
): void {
  const { run } = incarnation
  if (run === undefined) return
  const next = { ...incarnation, run: { ...run, stage: 'ending' as const } }
  const process = node !== undefined && serviceKind(node) === 'process'
  const wanted = { kind: process ? 'end-run' : 'halt', token: run.token, digest: run.digest, reason } as const
  const call = callOf(
    { ...wanted, generation: incarnation.generation + 1, at: 0, attempt: 1, desired: 0 },
    next,
    draft.slot,
    draft.world,
  )
  if (call.kind !== 'ready') return
  draft.put(next)
  draft.announce(next, wanted, call.value)
}

function watchMachine(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  if (serviceOf(current, node, draft.slot.observed).kind !== 'up') draft.settled = false
}

/** A service that failed is launched again by whoever decides about it: a restart policy, or the default back-off. */
function mayRelaunch(draft: SlotDraft, node: SpecNode, current: Incarnation): boolean {
  const { trouble } = draft.record
  draft.settled = false
  if (trouble === undefined || trouble.recovery < draft.world.desired.recovery) return true
  const { run } = current
  const decided =
    run?.stage === 'ended' && trouble.failure.cause === 'command-failed' && draft.world.policyRestarts(node)
  if (!decided) return mayRetry(draft)
  const floor = draft.world.desired.floors[draft.slot.path]
  if (floor?.run !== undefined && floor.runOf === current.number && floor.run > run.number) return true
  draft.wait(`its restart policy decides: ${trouble.failure.message}`)
  return false
}

/** The next run of an incarnation, not begun yet. */
export function newRun(
  draft: SlotDraft,
  node: SpecNode,
  current: Incarnation,
  digest: string,
): RunAllocation {
  const number = (current.run?.number ?? 0) + 1
  const { version } = draft.world.desired
  const form = formAt(draft.world.tree(version), node, draft.world).run
  return { number, token: `${current.token}-run-${number}`, version, form, digest, stage: 'launching' }
}

function reportUnready(
  draft: SlotDraft,
  unready: { readonly kind: string; readonly on?: readonly string[]; readonly reason?: string },
): void {
  draft.settled = false
  if (unready.kind === 'waiting') for (const on of unready.on ?? []) draft.wait(on)
  if (unready.kind === 'failed')
    draft.fail({ cause: 'invalid', retry: 'never', message: unready.reason ?? 'it cannot be made' })
}
