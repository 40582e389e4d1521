import type { Incarnation } from '../../entity/allocation.js'
import type { Rest } from '../../entity/desired.js'
import { hostOf, type SpecNode, type SpecTree } from '../../entity/spec-tree.js'
import type { HostLossRule } from '../../spec/entity-spec.js'
import { isJsonObject, sameJson, type Json } from '../../support/json.js'
import { changeLine } from '../facts/brief.js'
import { formOf, jobDigest, partsOf } from '../facts/digests.js'
import { hostLossRule, unseenLine } from '../facts/host-loss.js'
import { setId } from '../facts/naming.js'
import { isSpreadByPlace } from '../calls/needs.js'
import { maySit, siteKey, sitesOf } from '../facts/placement.js'
import { incarnations, machineOf, mayServe, mayStir, serviceKind } from '../facts/condition.js'
import { restOf, wishAt } from '../facts/rest.js'
import { versionAt } from '../facts/rollout.js'
import { isGivenUp, isSetAside } from '../facts/verdicts.js'
import type { SlotFacts, World } from '../facts/world.js'

/**
 * The one thing that most separates a slot from what is wanted of it; the same answer serves plans and acts. A release
 * removes what was made and keeps the slot and what follows it; a destroy ends the slot too.
 */
export type Gap =
  | { readonly kind: 'none' }
  | { readonly kind: 'create'; readonly reason: string }
  | { readonly kind: 'start'; readonly reason: string }
  | { readonly kind: 'change'; readonly reason: string; readonly changes: readonly string[] }
  | { readonly kind: 'replace' | 'move'; readonly reason: string; readonly changes: readonly string[] }
  | { readonly kind: 'lost'; readonly reason: string; readonly rule: HostLossRule }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'release'; readonly reason: string }
  | { readonly kind: 'destroy'; readonly reason: string }

/** What separates this slot from what is wanted. */
export function gapOf(slot: SlotFacts, world: World): Gap {
  const unwanted = whyUnwanted(slot, world)
  if (unwanted !== undefined) return { kind: 'destroy', reason: unwanted }
  const { record, node } = slot
  if (node === undefined || isDone(slot, world)) return { kind: 'none' }
  if (wishAt(world.desired, slot.path) === 'stopped' || isSetAside(slot, world)) return stopGap(slot, world)
  if (isGivenUp(slot, world)) return givenUpGap(slot)
  if (isSpreadByPlace(node)) return setGap(slot, world)
  if (record.current === undefined) return { kind: 'create', reason: createReason(slot) }
  return differenceOf(record.current, node, slot, world)
}

/** An entity without a machine of its own is as wanted once its place has a set of back ends for it. */
function setGap({ path, record }: SlotFacts, world: World): Gap {
  if (record.current !== undefined) {
    const changes = ['balance: by a machine → by its place']
    return { kind: 'replace', reason: 'its place spreads its traffic', changes }
  }
  return world.holding(setId(path)) === undefined
    ? { kind: 'create', reason: 'wanted and not there' }
    : { kind: 'none' }
}

/** What separates an incarnation from what is wanted. */
function differenceOf(current: Incarnation, node: SpecNode, slot: SlotFacts, world: World): Gap {
  return (
    hostGap(current, node, world) ??
    lostGap(current, node) ??
    replaceGap(current, node, slot, world) ??
    changeGap(current, node, slot, world) ??
    runGap(current, node, slot)
  )
}

/** Why a slot should not exist at all; undefined while it is wanted. */
export function whyUnwanted(slot: SlotFacts, world: World): string | undefined {
  if (slot.record.retired !== undefined) return slot.record.retired
  if (world.desired.wish === 'gone') return 'the application is to be removed'
  if (slot.node === undefined) return `version ${versionAt(world.desired, slot.path)} has no such entity`
  return undefined
}

/** Whether a run-once entity has done its work for what is wanted of it now. */
export function isDone(slot: SlotFacts, world: World): boolean {
  const { node, record } = slot
  if (node?.spec.job === undefined || record.done === undefined) return false
  return record.done === jobDigest(world.tree(versionAt(world.desired, slot.path)), node)
}

/** Names of the parts that differ, as "machine.image: a → b". */
export function changedParts(from: Json, to: Json, name = ''): readonly string[] {
  if (sameJson(from, to)) return []
  if (isJsonObject(from) && isJsonObject(to) && from['kind'] === to['kind']) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
    return keys.flatMap((key) =>
      changedParts(from[key] ?? null, to[key] ?? null, name === '' ? key : `${name}.${key}`),
    )
  }
  if (areFiles(from) && areFiles(to)) return changedParts(byPath(from), byPath(to), name)
  return [changeLine(name.replace(/(\.content)?(\.value)?$/, ''), from, to)]
}

type File = { readonly [key: string]: Json } & { readonly path: string }

function areFiles(value: Json): value is readonly File[] {
  return (
    Array.isArray(value) && value.every((one: Json) => isJsonObject(one) && typeof one['path'] === 'string')
  )
}

function byPath(files: readonly File[]): Json {
  return Object.fromEntries(files.map((file) => [file.path, file]))
}

function createReason(slot: SlotFacts): string {
  const lost = slot.record.leaving.find((one) => one.lost !== undefined)
  if (lost?.lost !== undefined)
    return `in place of incarnation ${lost.number}: ${unseenLine(lost, lost.lost)}`
  if (slot.record.next === 1) return 'wanted and not there'
  return slot.record.leaving.length > 0 ? 'its incarnation is being replaced' : 'its last incarnation is gone'
}

function stopGap(slot: SlotFacts, world: World): Gap {
  const rest = restOf(world.desired, slot.path)
  if (isSetAside(slot, world) || rest === undefined) return haltGap(slot, world)
  return rest.machine === 'as-declared' ? haltGap(slot, world, rest.reason) : restGap(slot, rest)
}

function haltGap(slot: SlotFacts, world: World, why = 'the application is to be stopped'): Gap {
  const running = incarnations(slot.record).some((one) => mayStir(one, slot.observed))
  if (running)
    return {
      kind: 'stop',
      reason: isSetAside(slot, world) ? 'set aside for inspection' : why,
    }
  const keep = world.tree(world.desired.version).application.settings.keepMachines
  if (!keep && !isSetAside(slot, world) && slot.record.current !== undefined)
    return { kind: 'release', reason: 'stopped, and machines are not kept' }
  return { kind: 'none' }
}

/** What separates a slot from its rest, where that says what becomes of its machine. */
function restGap({ record, observed }: SlotFacts, { machine, reason }: Rest): Gap {
  if (machine === 'remove')
    return record.current === undefined ? { kind: 'none' } : { kind: 'release', reason }
  const isServed = incarnations(record).some((one) => mayServe(one, observed))
  return isServed ? { kind: 'stop', reason } : { kind: 'none' }
}

function givenUpGap({ record }: SlotFacts): Gap {
  if (record.trouble?.verdict !== 'expunge' || record.current === undefined) return { kind: 'none' }
  return { kind: 'release', reason: `${record.trouble.attempts} attempts have failed` }
}

/** What works on the machine of another goes where that goes. */
function hostGap({ on }: Incarnation, node: SpecNode, world: World): Gap | undefined {
  if (hostOf(node) === undefined && on === undefined) return undefined
  const reason = 'it works on another machine now'
  const gap: Gap = { kind: 'replace', reason, changes: [] }
  if (hostOf(node) === undefined || on === undefined) return gap
  return world.slot(on.path)?.record.current?.token === on.token ? undefined : gap
}

/** Before all that would replace or change it: what is wanted otherwise waits until it is known how it is. */
function lostGap(current: Incarnation, node: SpecNode): Gap | undefined {
  if (current.lost === undefined) return undefined
  return { kind: 'lost', reason: unseenLine(current, current.lost), rule: hostLossRule(node) }
}

function replaceGap(current: Incarnation, node: SpecNode, slot: SlotFacts, world: World): Gap | undefined {
  const floor = world.desired.floors[slot.path]
  if (floor?.incarnation !== undefined && current.number < floor.incarnation) {
    return { kind: 'replace', reason: floor.reason, changes: [] }
  }
  if (current.on === undefined && !maySit(node, current)) return moveGap(current, node)
  if (formOf(world.tree(versionAt(world.desired, slot.path)), node).replace === current.digest)
    return undefined
  const changes = changesSince(world.tree(current.version), slot, world) ?? ['its specification']
  return { kind: 'replace', reason: `${named(changes)} changed, which forces a replacement`, changes }
}

function moveGap(current: Incarnation, node: SpecNode): Gap {
  const wanted = sitesOf(node).map(siteKey).join(', ')
  const changes = [`location: ${siteKey(current)} → ${wanted}`]
  return { kind: 'move', reason: 'location changed, which forces a move', changes }
}

function changeGap(current: Incarnation, node: SpecNode, slot: SlotFacts, world: World): Gap | undefined {
  const { run } = current
  if (run?.stage !== 'launched') return undefined
  const floor = world.desired.floors[slot.path]
  if (floor?.run !== undefined && floor.runOf === current.number && run.number < floor.run) {
    return { kind: 'change', reason: floor.reason, changes: [] }
  }
  const form = formOf(world.tree(versionAt(world.desired, slot.path)), node)
  if (serviceKind(node) === 'machine' || form.run === run.form) return undefined
  const changes = changesSince(world.tree(run.version), slot, world) ?? ['its specification']
  return { kind: 'change', reason: `${named(changes)} changed, which forces a new run`, changes }
}

/** What the wanted version says otherwise than a past one; undefined where that has no such entity. */
function changesSince(past: SpecTree, slot: SlotFacts, world: World): readonly string[] | undefined {
  const old = past.at(slot.path)
  if (old === undefined || slot.node === undefined) return undefined
  const wanted = partsOf(world.tree(versionAt(world.desired, slot.path)), slot.node)
  return changedParts(partsOf(past, old), wanted)
}

function named(changes: readonly string[]): string {
  return changes.map((change) => change.split(':')[0]).join(', ')
}

function runGap(current: Incarnation, node: SpecNode, slot: SlotFacts): Gap {
  const { run } = current
  if (current.stage !== 'ready') return { kind: 'start', reason: current.stage }
  if (run === undefined) return { kind: 'start', reason: 'not launched' }
  if (run.stage === 'ended') return { kind: 'start', reason: 'its service has ended' }
  if (run.stage !== 'launched') return { kind: 'start', reason: run.stage }
  const machine = machineOf(current, slot.observed)
  if (machine?.state !== 'running' && serviceKind(node) === 'process')
    return { kind: 'start', reason: 'its machine is stopped' }
  return { kind: 'none' }
}
