import type { DesiredRecord, VersionRecord } from '../entity/desired.js'
import type { KeptRecord } from '../entity/kept.js'
import type { HoldingRecord, RoleRecord, SlotRecord } from '../entity/allocation.js'
import type { ApplicationStatus, ObservedRecord } from '../entity/observation.js'
import { indexSpec } from '../entity/spec-tree.js'
import { KEYS } from '../reconcile/facts/keys.js'
import { Landscape } from '../reconcile/facts/landscape.js'
import type { Entry } from '../store/store.js'
import type { TaskRecord } from '../task/task.js'
import { readSpec, type LoadedApplication } from './books.js'
import { holdingNow, observationNow } from './first-stores.js'
import { TaskBook } from './task-book.js'

/** An application as loaded from its books. */
export interface LoadedLandscape {
  readonly landscape: Landscape
  readonly versions: ReadonlyMap<number, VersionRecord>
  readonly tasks: TaskBook
  /** Store revision of the desired record, for compare-and-set. */
  readonly desiredRevision: number
}

/** The status of an application that was only just recorded. */
export function newStatus(application: string, now: number): ApplicationStatus {
  return {
    kind: 'status',
    application,
    state: 'created',
    degraded: false,
    generation: 0,
    settledSerial: 0,
    settledGeneration: 0,
    since: now,
    alerts: [],
  }
}

/** Builds an application's memory from its entries; undefined when it was never finished being recorded. */
export function loadLandscape(
  id: string,
  loaded: LoadedApplication,
  specs: ReadonlyMap<string, Entry>,
  now: number,
): LoadedLandscape | undefined {
  const head = loaded.get('desired')?.get('')
  if (head === undefined) return undefined
  const desired = head.value as unknown as DesiredRecord
  const [status = newStatus(id, desired.createdAt)] = recordsOf(
    loaded,
    'status',
  ) as readonly ApplicationStatus[]
  const landscape = new Landscape(desired, status)
  const versions = new Map<number, VersionRecord>()
  for (const record of recordsOf(loaded, 'version') as readonly VersionRecord[]) {
    versions.set(record.version, record)
    landscape.trees.set(record.version, indexSpec(readSpec(specs, record.specDigest, record.parts)))
  }
  for (const record of byDepth(recordsOf(loaded, 'role') as readonly RoleRecord[]))
    landscape.addRole(record.path, record)
  // Before the slots: how one with a set of back ends stands follows from that.
  for (const record of recordsOf(loaded, 'holding') as readonly HoldingRecord[])
    landscape.addHolding(holdingNow(record))
  for (const record of recordsOf(loaded, 'kept') as readonly KeptRecord[]) landscape.kept.note(record)
  for (const record of recordsOf(loaded, 'setting') as readonly KeptRecord[]) landscape.settings.note(record)
  loadSlots(landscape, loaded, now)
  return { landscape, versions, tasks: loadTasks(id, loaded), desiredRevision: head.revision }
}

function loadSlots(landscape: Landscape, loaded: LoadedApplication, now: number): void {
  const seen = new Map(
    (recordsOf(loaded, 'seen') as readonly ObservedRecord[]).map((record) => [
      record.path,
      observationNow(record),
    ]),
  )
  for (const record of byDepth(recordsOf(loaded, 'slot') as readonly SlotRecord[])) {
    landscape.addSlot(record.path, record, now, seen.get(record.path))
  }
}

function loadTasks(id: string, loaded: LoadedApplication): TaskBook {
  const tasks = new TaskBook(id)
  const records = [...(recordsOf(loaded, 'task') as readonly TaskRecord[])]
  for (const task of records.sort((a, b) => a.startedAt - b.startedAt)) tasks.load(task)
  return tasks
}

/** Keys of everything that an application has in the store, but its specs, which others may share. */
export function keysOf(landscape: Landscape, versions: Iterable<number>): readonly string[] {
  const { id } = landscape.desired
  const keys = [KEYS.status(id)]
  for (const version of versions) keys.push(KEYS.version(id, version), KEYS.source(id, version))
  for (const path of landscape.slots.keys()) keys.push(KEYS.slot(id, path), KEYS.seen(id, path))
  for (const path of landscape.roles.keys()) keys.push(KEYS.role(id, path))
  for (const holding of landscape.holdings.keys()) keys.push(KEYS.holding(id, holding))
  for (const { path, sensor } of landscape.kept.all()) keys.push(KEYS.kept(id, path, sensor))
  for (const { path, sensor } of landscape.settings.all()) keys.push(KEYS.setting(id, path, sensor))
  return keys
}

/** The stored records of one kind; the store gives back what was written, so their shape is known. */
function recordsOf(loaded: LoadedApplication, kind: string): readonly unknown[] {
  return [...(loaded.get(kind)?.values() ?? [])].map((entry) => entry.value)
}

/** Parents before what is inside of them. */
function byDepth<T extends { readonly path: string }>(records: readonly T[]): readonly T[] {
  return [...records].sort((a, b) => depth(a.path) - depth(b.path))
}

function depth(path: string): number {
  let slashes = 0
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) slashes += 1
  return slashes
}
