import type { OwnerMarks, ResourceKind, ResourceState } from '../../engine/index.js'
import type { LedgerCommand, LedgerFile, LedgerShape } from './ledger.js'
import { runState, type Run } from './run.js'
import type { Print } from './shell.js'

/** Where work under the supervisor has its directories on a simulated machine. */
export const DIRECTORY = { run: '/var/weir/run', install: '/var/weir/install' } as const

/** What machines of one make have in common; kept once for all of them. */
export interface Form {
  readonly cores?: number
  readonly memory?: number
  readonly ports: readonly { readonly name: string; readonly inside: number; readonly published: boolean }[]
  /** What is told of the ports when none is published: the same of all these machines. */
  readonly unpublished?: NonNullable<ResourceState['ports']>
  readonly hostsSoftware: boolean
}

/** Machines of one role in one application, and how many of them are on. */
export interface RoleGroup {
  readonly role: string
  running: number
}

/** A set of back ends, as it was asked for. */
export type BackendSet = Extract<LedgerShape, { readonly kind: 'backends' }>

/** What few resources have, so that the many stay small. */
export interface Extra {
  reason?: string
  exitCode?: number
  /** Reads do not show it before this time. */
  hiddenUntil?: number
  /** Its host is cut off: writes do not reach it either, until it shows again. */
  cutOff?: boolean
  /** Its host is lost until then: it goes on, and nobody can say anything about it or do anything to it. */
  lostUntil?: number
  files?: Map<string, LedgerFile>
  own?: LedgerCommand
  ownPrints?: { readonly at: number; readonly prints: readonly Print[] }
  mounts?: readonly { readonly path: string; readonly volume: Item }[]
  /** This network as a list of one, which most machines in it share. */
  alone?: readonly Item[]
  /** Rules that hold for it, and addresses that it was given. */
  rules?: readonly Item[]
  addresses?: readonly Item[]
  /** What a set of back ends is like now. */
  set?: BackendSet
  /** Machines that use this one. */
  users?: number
}

/**
 * One resource at the far end. A million of these live in one process: fields are few, and what can be shared is.
 * What was removed stays as 'gone', so that its generation and counts are still known.
 */
export class Item {
  readonly token: string
  readonly name: string
  readonly kind: ResourceKind
  /** Absent for strangers. */
  marks: OwnerMarks | undefined
  generation: number
  state: 'creating' | 'stopped' | 'running' | 'failed' | 'gone' = 'gone'
  serial = 0
  boot = 0
  creates = 0
  deletes = 0
  createdAt = 0
  zone = ''
  form: Form | undefined = undefined
  group: RoleGroup | undefined = undefined
  runs: readonly Run[] = NO_RUNS
  networks: readonly Item[] = NO_NETWORKS
  extra: Extra | undefined = undefined

  constructor(token: string, name: string, kind: ResourceKind, generation: number) {
    this.token = token
    this.name = name
    this.kind = kind
    this.generation = generation
  }

  /** What only few have; made when first asked for. */
  more(): Extra {
    this.extra ??= {}
    return this.extra
  }
}

/** The runs of a machine on which nothing ever ran. */
export const NO_RUNS: readonly Run[] = Object.freeze([])

/** The networks of what is in none. */
export const NO_NETWORKS: readonly Item[] = Object.freeze([])

/** Whether reads show an item at a time. */
export function isVisible(item: Item, at: number): boolean {
  return item.state !== 'gone' && (item.extra?.hiddenUntil ?? 0) <= at
}

/** Whether an item's host is cut off at a time, so that nothing reaches it. */
export function isCutOff(item: Item, at: number): boolean {
  return item.extra?.cutOff === true && !isVisible(item, at)
}

/** Whether an item's host is lost at a time: what goes on there is not known. */
export function isLost(item: Item, at: number): boolean {
  return (item.extra?.lostUntil ?? 0) > at
}

type Draft = { -readonly [K in keyof ResourceState]: ResourceState[K] }

/** An item as the far end tells of it. Written by assignment: a million of these are made for one look around. */
export function stateOf(item: Item): ResourceState {
  const { token, kind, state, marks, extra } = item
  const told: Draft = { token, kind, state: state === 'gone' ? 'absent' : state, id: idOf(item) }
  if (marks !== undefined) told.marks = marks
  if (extra?.reason !== undefined) told.reason = extra.reason
  if (kind === 'machine') tellMachine(item, told)
  if (kind === 'address') told.address = addressOf(item)
  if (extra?.set !== undefined) tellSet(item, extra.set, told)
  return told
}

/** Nothing with this token is there. */
export function absent(ref: { readonly token: string; readonly kind: ResourceKind }): ResourceState {
  return { token: ref.token, kind: ref.kind, state: 'absent' }
}

function tellMachine(item: Item, told: Draft): void {
  const { form, extra, runs, zone, boot } = item
  told.address = addressOf(ownAddress(item))
  if (boot > 0) told.instance = `${idOf(item)}-${boot}`
  if (zone !== '') told.zone = zone
  if (extra?.exitCode !== undefined && item.state !== 'running') told.exitCode = extra.exitCode
  if (form !== undefined) tellForm(form, told)
  if (runs.length > 0) told.runs = runs.map(runState)
}

function tellSet(item: Item, { port }: BackendSet, told: Draft): void {
  const address = addressOf(ownAddress(item))
  told.address = address
  told.ports = { listen: { inside: port, outside: port, host: address } }
}

/** What a machine's or set's address is that of: the first that it was given, or itself. */
function ownAddress(item: Item): Item {
  return item.extra?.addresses?.[0] ?? item
}

function tellForm(form: Form, told: Draft): void {
  if (form.cores !== undefined) told.cores = form.cores
  if (form.memory !== undefined) told.memory = form.memory
  if (form.ports.length > 0) told.ports = portsOf(form, told.address ?? '')
  if (!form.hostsSoftware) return
  told.runDirectory = DIRECTORY.run
  told.installDirectory = DIRECTORY.install
}

function portsOf(form: Form, host: string): NonNullable<ResourceState['ports']> {
  if (form.unpublished !== undefined) return form.unpublished
  const entries = form.ports.map(({ name, inside, published }) => {
    return [name, published ? { inside, outside: inside, host } : { inside }] as const
  })
  return Object.fromEntries(entries)
}

function idOf(item: Item): string {
  return `${LETTER[item.kind]}-${item.serial}`
}

const LETTER: { readonly [kind in ResourceKind]: string } = {
  machine: 'i',
  network: 'net',
  volume: 'vol',
  address: 'ip',
  rule: 'rule',
  key: 'key',
  image: 'img',
  backends: 'lb',
}

/** The address of a machine that was given none, or the address that one is. */
export function addressOf({ serial }: Item): string {
  return `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`
}
