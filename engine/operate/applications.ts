import type { DesiredRecord, VersionRecord } from '../entity/desired.js'
import type { HoldingRecord, RoleRecord, SlotRecord } from '../entity/allocation.js'
import type { ApplicationStatus, ObservedRecord } from '../entity/observation.js'
import { indexSpec } from '../entity/spec-tree.js'
import { KEYS } from '../reconcile/keys.js'
import { Landscape } from '../reconcile/landscape.js'
import type { Entry } from '../store/store.js'
import type { TaskRecord } from '../task/task.js'
import { readSpec, type LoadedApplication } from './books.js'
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
  const status =
    (loaded.get('status')?.get('')?.value as unknown as ApplicationStatus | undefined) ??
    newStatus(id, desired.createdAt)
  const landscape = new Landscape(desired, status)
  const versions = new Map<number, VersionRecord>()
  for (const record of valuesOf<VersionRecord>(loaded, 'version')) {
    versions.set(record.version, record)
    landscape.trees.set(record.version, indexSpec(readSpec(specs, record.specDigest, record.parts)))
  }
  for (const record of byDepth(valuesOf<RoleRecord>(loaded, 'role'))) landscape.addRole(record.path, record)
  const seen = loaded.get('seen')
  for (const record of byDepth(valuesOf<SlotRecord>(loaded, 'slot'))) {
    const state = landscape.addSlot(record.path, record, now)
    const observed = seen?.get(record.path)?.value as unknown as ObservedRecord | undefined
    if (observed !== undefined) landscape.change(state, { observed }, observed.shown?.since ?? now)
  }
  for (const record of valuesOf<HoldingRecord>(loaded, 'holding')) {
    landscape.addHolding(record)
  }
  const tasks = new TaskBook(id)
  const records = [...valuesOf<TaskRecord>(loaded, 'task')].sort((a, b) => a.startedAt - b.startedAt)
  for (const task of records) tasks.load(task)
  return { landscape, versions, tasks, desiredRevision: head.revision }
}

/** Keys of everything that an application has in the store, but its specs, which others may share. */
export function keysOf(landscape: Landscape, versions: Iterable<number>): readonly string[] {
  const { id } = landscape.desired
  const keys = [KEYS.status(id)]
  for (const version of versions) keys.push(KEYS.version(id, version), KEYS.source(id, version))
  for (const path of landscape.slots.keys()) keys.push(KEYS.slot(id, path), KEYS.seen(id, path))
  for (const path of landscape.roles.keys()) keys.push(KEYS.role(id, path))
  for (const holding of landscape.holdings.keys()) keys.push(KEYS.holding(id, holding))
  return keys
}

function valuesOf<T>(loaded: LoadedApplication, kind: string): readonly T[] {
  return [...(loaded.get(kind)?.values() ?? [])].map((entry) => entry.value as unknown as T)
}

/** Parents before what is inside of them. */
function byDepth<T extends { readonly path: string }>(records: readonly T[]): readonly T[] {
  return [...records].sort((a, b) => depth(a.path) - depth(b.path))
}

function depth(path: string): number {
  return path.split('/').length
}
