import type {
  CommandAnswer,
  CommandOutput,
  EnsureAnswer,
  OwnedResource,
  ResourceKind,
  ResourceRef,
  ResourceState,
  RunAnswer,
} from '../../engine/index.js'
import { putFiles, shellContext } from './files.js'
import { absent, addressOf, DIRECTORY, isCutOff, isLost, isVisible, Item, stateOf } from './item.js'
import type { Disturbance, Ledger, LedgerChanges, LedgerCommand, LedgerEntry, LedgerExec } from './ledger.js'
import type { LedgerFile, LedgerRun, LedgerWant, LoadShare, Match, Zones, ZoneUse } from './ledger.js'
import { makeItem } from './maker.js'
import {
  ENDED,
  fail,
  fence,
  happen,
  lose,
  remove,
  turnOff,
  turnOn,
  type DueEvent,
  type FarEnd,
} from './power.js'
import { Registry } from './registry.js'
import { outputOf, printedUntil } from './run.js'
import { playCommand } from './shell.js'
import { missing, refusal, stale, unknown, type Refused, type Unknown } from './simulated-failures.js'
import { beginRun, crashServices, finishRun, logsOf, ownOutput } from './supervisor.js'
import { Timeline } from './timeline.js'
import { ZoneBook } from './zone-book.js'

const DONE: CommandAnswer = Object.freeze({ kind: 'done' })

const HOST_LOST = 'its host cannot be reached'

/** Milliseconds after which what is in use or cut off is worth another try. */
const AGAIN = 1000

/** The far end in this process. Every verb costs the same however much is there, but those about everything. */
export class MemoryLedger implements Ledger {
  readonly #end: FarEnd
  readonly #registry: Registry
  /** Absent until someone asks for changes. */
  #changed: Set<string> | undefined

  constructor() {
    this.#registry = new Registry()
    this.#end = {
      registry: this.#registry,
      timeline: new Timeline<DueEvent>(),
      zones: new ZoneBook(),
      touch: (item) => this.#changed?.add(item.token),
    }
  }

  ensure(wants: readonly LedgerWant[], zones: Zones, at: number): Promise<readonly EnsureAnswer[]> {
    this.#advance(at)
    return Promise.resolve(wants.map((want) => this.#admit(want, at) ?? this.#ensureOne(want, zones, at)))
  }

  observe(refs: readonly ResourceRef[], at: number): Promise<readonly (ResourceState | null)[]> {
    this.#advance(at)
    return Promise.resolve(
      refs.map((ref) => {
        if (this.#isLost(ref, at)) return null
        const item = this.#seen(ref, at)
        return item === undefined ? absent(ref) : stateOf(item)
      }),
    )
  }

  start(refs: readonly ResourceRef[], at: number): Promise<readonly CommandAnswer[]> {
    return this.#each(refs, at, (ref) => {
      const item = this.#reached(ref, at)
      if (item === undefined) return missing(`${ref.kind} ${ref.name} to start`)
      if (item.state === 'creating') return { kind: 'pending' }
      if (item.state === 'failed') return refusal('missing', `${ref.kind} ${ref.name} has failed`)
      if (item.kind === 'machine') turnOn(this.#end, item, at)
      return DONE
    })
  }

  stop(refs: readonly ResourceRef[], at: number): Promise<readonly CommandAnswer[]> {
    return this.#each(refs, at, (ref) => {
      const item = this.#reached(ref, at)
      if (item?.state === 'creating') return { kind: 'pending' }
      if (item?.kind === 'machine') turnOff(this.#end, item, at, { exitCode: ENDED.term, told: true })
      return DONE
    })
  }

  fence(refs: readonly ResourceRef[], at: number): Promise<readonly CommandAnswer[]> {
    this.#advance(at)
    return Promise.resolve(
      refs.map((ref) => {
        const refused = this.#admitOwn(ref)
        const item = this.#registry.tryFind(ref.token)
        if (refused === undefined && item?.kind === 'machine') fence(this.#end, item, at)
        return refused ?? DONE
      }),
    )
  }

  destroy(refs: readonly ResourceRef[], at: number): Promise<readonly CommandAnswer[]> {
    return this.#each(refs, at, (ref) => {
      const item = this.#reached(ref, at)
      if (item === undefined) return DONE
      const users = item.extra?.users ?? 0
      if (users > 0)
        return { kind: 'not-ready', retryAfter: AGAIN, reason: `${item.name} is used by ${users} others` }
      remove(this.#end, item, at)
      return DONE
    })
  }

  listOwned(engine: string, at: number): Promise<readonly OwnedResource[]> {
    this.#advance(at)
    const owned: OwnedResource[] = []
    for (const item of this.#registry.items()) {
      if (item.marks?.engine !== engine || !isVisible(item, at) || isLost(item, at)) continue
      owned.push({ ...stateOf(item), name: item.name, createdAt: item.createdAt })
    }
    return Promise.resolve(owned)
  }

  run(machine: ResourceRef, run: LedgerRun, at: number): Promise<RunAnswer> {
    this.#advance(at)
    const refused = this.#admit(machine, at)
    return Promise.resolve(refused ?? beginRun(this.#end, this.#reached(machine, at), run, at))
  }

  endRun(machine: ResourceRef, token: string, at: number): Promise<CommandAnswer> {
    this.#advance(at)
    const refused = this.#admit(machine, at)
    return Promise.resolve(refused ?? finishRun(this.#end, this.#reached(machine, at), token, at))
  }

  output(machine: ResourceRef, token: string, at: number): Promise<CommandOutput | null | undefined> {
    this.#advance(at)
    if (this.#isLost(machine, at)) return Promise.resolve(null)
    const run = this.#reached(machine, at)?.runs.find((one) => one.token === token)
    return Promise.resolve(run === undefined ? undefined : outputOf(run, at))
  }

  exec(machine: ResourceRef, command: LedgerCommand, at: number): Promise<LedgerExec> {
    this.#advance(at)
    if (this.#isLost(machine, at)) return Promise.resolve({ kind: 'unreachable', reason: HOST_LOST })
    const item = this.#reached(machine, at)
    if (item?.state !== 'running') {
      const reason = `machine ${machine.name} is ${item?.state ?? 'not there'}`
      return Promise.resolve({ kind: 'missing', reason })
    }
    const { takes, exitCode, prints } = playCommand(command.words, shellContext(item, DIRECTORY.run, command))
    return Promise.resolve({ kind: 'done', takes, exitCode, ...printedUntil(prints, takes) })
  }

  copy(machine: ResourceRef, files: readonly LedgerFile[], at: number): Promise<CommandAnswer> {
    this.#advance(at)
    const refused = this.#admit(machine, at)
    if (refused !== undefined) return Promise.resolve(refused)
    const item = this.#reached(machine, at)
    const answer =
      item === undefined ? missing(`machine ${machine.name}`) : putFiles(item, DIRECTORY.run, files)
    return Promise.resolve(answer ?? DONE)
  }

  logs(machine: ResourceRef, at: number): Promise<string | null | undefined> {
    this.#advance(at)
    if (this.#isLost(machine, at)) return Promise.resolve(null)
    const item = this.#reached(machine, at)
    return Promise.resolve(item === undefined ? undefined : logsOf(item, at))
  }

  printed(machine: ResourceRef, at: number): Promise<CommandOutput | null | undefined> {
    this.#advance(at)
    if (this.#isLost(machine, at)) return Promise.resolve(null)
    const item = this.#reached(machine, at)
    return Promise.resolve(item === undefined ? undefined : ownOutput(item, at))
  }

  shares(machines: readonly ResourceRef[], at: number): Promise<readonly (LoadShare | null)[]> {
    this.#advance(at)
    return Promise.resolve(
      machines.map((ref) => {
        const item = this.#seen(ref, at)
        if (item?.state !== 'running' || item.group === undefined || isLost(item, at)) return null
        const { role, running } = item.group
        return {
          role,
          members: running,
          ...(item.form?.cores === undefined ? {} : { cores: item.form.cores }),
        }
      }),
    )
  }

  usage(at: number): Promise<{ readonly [zone: string]: ZoneUse }> {
    this.#advance(at)
    return Promise.resolve(this.#end.zones.uses())
  }

  disturb(disturbance: Disturbance, at: number): Promise<readonly string[]> {
    this.#advance(at)
    const { what, match, back } = disturbance
    const befallen = this.#registry.matching(match, at)
    if (what === 'unreachable' && isOfZoneAlone(match))
      this.#end.zones.lose(match.zone, back > 0 ? at + back : Infinity)
    for (const item of befallen) this.#befall(item, disturbance, at)
    return Promise.resolve(befallen.map((item) => item.token))
  }

  makeStranger(kind: ResourceKind, name: string, at: number): Promise<void> {
    this.#advance(at)
    if (this.#registry.holder(kind, name) !== undefined) return Promise.resolve()
    const item = new Item('', name, kind, 0)
    item.state = 'running'
    item.creates = 1
    item.createdAt = at
    this.#registry.add(item)
    return Promise.resolve()
  }

  changes(at: number): Promise<LedgerChanges> {
    this.#advance(at)
    const tokens = [...(this.#changed ?? [])]
    this.#changed = new Set()
    const { next } = this.#end.timeline
    return Promise.resolve(next === undefined ? { tokens } : { tokens, next })
  }

  inventory(at: number): Promise<readonly LedgerEntry[]> {
    this.#advance(at)
    return Promise.resolve([...this.#registry.everything()].map(entryOf))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #advance(at: number): void {
    const { timeline } = this.#end
    for (let due = timeline.take(at); due !== undefined; due = timeline.take(at))
      happen(this.#end, due.what, due.at)
  }

  #each(
    refs: readonly ResourceRef[],
    at: number,
    act: (ref: ResourceRef) => CommandAnswer,
  ): Promise<readonly CommandAnswer[]> {
    this.#advance(at)
    return Promise.resolve(refs.map((ref) => this.#admit(ref, at) ?? act(ref)))
  }

  #isLost({ token }: { readonly token: string }, at: number): boolean {
    const item = this.#registry.tryFind(token)
    return item !== undefined && isLost(item, at)
  }

  /** Nothing reaches a host that is lost. */
  #admit(command: ResourceRef | LedgerWant, at: number): Refused | Unknown | undefined {
    return this.#isLost(command, at) ? unknown('unreachable', HOST_LOST) : this.#admitOwn(command)
  }

  /** Refuses what is older than what was seen for its token, and remembers what is not, also of what never was. */
  #admitOwn(command: ResourceRef | LedgerWant): Refused | undefined {
    const { token, name, generation } = command
    const item = this.#registry.tryRemember(token)
    if (item === undefined) {
      if (!('shape' in command)) this.#registry.remember(new Item(token, name, command.kind, generation))
      return undefined
    }
    if (generation < item.generation) return stale(token, generation, item.generation)
    item.generation = generation
    return undefined
  }

  #ensureOne(want: LedgerWant, zones: Zones, at: number): EnsureAnswer {
    const item = this.#registry.tryFind(want.token)
    if (item === undefined) return makeItem(this.#end, want, zones, at)
    if (isCutOff(item, at))
      return { kind: 'not-ready', retryAfter: AGAIN, reason: `the host of ${item.name} is cut off` }
    if (item.state === 'creating') return { kind: 'pending' }
    // These may be like something else now: their marks tell like what.
    if (item.kind === 'rule' || item.kind === 'backends') item.marks = want.marks
    if (want.shape.kind === 'backends') item.more().set = want.shape
    return { kind: 'found', resource: stateOf(item) }
  }

  /** What reads show; writes reach more. */
  #seen(ref: ResourceRef, at: number): Item | undefined {
    const item = this.#registry.tryFind(ref.token)
    return item !== undefined && isVisible(item, at) ? item : undefined
  }

  #reached(ref: ResourceRef, at: number): Item | undefined {
    const item = this.#registry.tryFind(ref.token)
    return item !== undefined && !isCutOff(item, at) ? item : undefined
  }

  #befall(item: Item, { what, back, exitCode }: Disturbance, at: number): void {
    const end = this.#end
    const byForce = { exitCode: ENDED.kill, told: false }
    if (what === 'stop') turnOff(end, item, at, byForce)
    else if (what === 'fail') fail(end, item, 'broken by script', at)
    else if (what === 'crash') crashServices(end, item, exitCode, at)
    else if (what === 'unreachable') lose(end, item, at, back)
    else if (what === 'restart-provider') {
      if (item.state !== 'running') return
      turnOff(end, item, at, byForce)
      turnOn(end, item, at)
    } else if (back > 0) {
      Object.assign(item.more(), { hiddenUntil: at + back, cutOff: true })
      end.timeline.add(at + back, { kind: 'shown', item })
      end.touch(item)
    } else remove(end, item, at)
  }
}

function isOfZoneAlone(match: Match): match is Match & { readonly zone: string } {
  const { zone, token, name, role, count } = match
  return zone !== undefined && [token, name, role, count].every((one) => one === undefined)
}

function entryOf(item: Item): LedgerEntry {
  const { token, name, kind, marks, state, creates, deletes, runs, extra } = item
  return {
    token,
    name,
    kind,
    ...(marks === undefined ? {} : { marks }),
    state: state === 'gone' ? 'absent' : state,
    ...(kind === 'address' ? { address: addressOf(item) } : {}),
    ...(extra?.set === undefined ? {} : { backends: extra.set.members }),
    creates,
    deletes,
    runs: runs.map((run) => ({ token: run.token, label: run.label, state: run.state })),
    files: [...(extra?.files?.values() ?? [])],
  }
}
