import { shellContext } from './files.js'
import { DIRECTORY, type Item, NO_NETWORKS } from './item.js'
import type { Registry } from './registry.js'
import { endRun, type Run } from './run.js'
import { playCommand } from './shell.js'
import type { Timeline } from './timeline.js'
import type { ZoneBook } from './zone-book.js'

/** The parts of a far end. */
export interface FarEnd {
  readonly registry: Registry
  readonly timeline: Timeline<DueEvent>
  readonly zones: ZoneBook
  /** Notes that a resource has changed. */
  touch(item: Item): void
}

/** What happens by itself. It counts only while what it is about is still the same. */
export type DueEvent =
  | {
      readonly kind: 'made'
      readonly item: Item
      readonly serial: number
      readonly fails: string | undefined
    }
  | { readonly kind: 'shown'; readonly item: Item }
  | { readonly kind: 'own-ended'; readonly item: Item; readonly boot: number; readonly exitCode: number }
  | {
      readonly kind: 'run-ended'
      readonly item: Item
      readonly run: Run
      readonly state: 'exited' | 'timed-out'
      readonly exitCode: number
    }

/** Exit codes of what was ended: by TERM, by KILL. */
export const ENDED = { term: 143, kill: 137 } as const

/** What its making comes to when it is through. */
export function finishMaking(end: FarEnd, item: Item, fails: string | undefined, at: number): void {
  if (fails !== undefined) fail(end, item, fails, at)
  else if (item.kind === 'machine') turnOn(end, item, at)
  else item.state = 'running'
  end.touch(item)
}

/** A new boot: another instance, and its own command from the beginning. */
export function turnOn(end: FarEnd, item: Item, at: number): void {
  if (item.state === 'running') return
  item.state = 'running'
  item.boot += 1
  if (item.group !== undefined) item.group.running += 1
  end.touch(item)
  if (item.extra?.own !== undefined) playOwn(end, item, at)
}

/** Off. Runs of a machine that was told end with a receipt; those of one that was cut off are lost. */
export function turnOff(
  end: FarEnd,
  item: Item,
  at: number,
  how: { readonly exitCode: number; readonly told: boolean },
): void {
  if (item.state !== 'running') return
  item.state = 'stopped'
  if (item.group !== undefined) item.group.running -= 1
  if (item.extra?.own !== undefined) item.extra.exitCode = how.exitCode
  for (const run of item.runs)
    endRun(run, how.told ? 'exited' : 'lost', how.told ? how.exitCode : undefined, at)
  end.touch(item)
}

/** There, but of no more use. */
export function fail(end: FarEnd, item: Item, reason: string, at: number): void {
  turnOff(end, item, at, { exitCode: ENDED.kill, told: false })
  item.state = 'failed'
  item.more().reason = reason
  end.touch(item)
}

/** Off by other means than its host, and without what it held: another one may have it. */
export function fence(end: FarEnd, item: Item, at: number): void {
  turnOff(end, item, at, { exitCode: ENDED.kill, told: false })
  if (item.state === 'creating') item.state = 'stopped'
  for (const { volume } of item.extra?.mounts ?? []) release(volume)
  if (item.extra?.mounts !== undefined) item.extra.mounts = []
  end.touch(item)
}

/** Its host is lost for so many milliseconds, 0 for good. */
export function lose(end: FarEnd, item: Item, at: number, ms: number): void {
  const until = ms > 0 ? at + ms : Infinity
  item.more().lostUntil = until
  end.timeline.add(until, { kind: 'shown', item })
}

/** Gone for good, with what it held. */
export function remove(end: FarEnd, item: Item, at: number): void {
  turnOff(end, item, at, { exitCode: ENDED.kill, told: false })
  if (item.kind === 'machine') end.zones.free(item)
  for (const used of usedBy(item)) release(used)
  item.state = 'gone'
  item.deletes += 1
  item.extra = undefined
  item.networks = NO_NETWORKS
  end.registry.bury(item)
  end.touch(item)
}

/** Does what was due. */
export function happen(end: FarEnd, event: DueEvent, at: number): void {
  const { item } = event
  if (event.kind === 'made') {
    if (item.serial === event.serial && item.state === 'creating') finishMaking(end, item, event.fails, at)
  } else if (event.kind === 'run-ended') {
    if (event.run.state === 'running') end.touch(item)
    endRun(event.run, event.state, event.state === 'exited' ? event.exitCode : undefined, at)
  } else if (event.kind === 'own-ended') {
    if (item.boot === event.boot) turnOff(end, item, at, { exitCode: event.exitCode, told: true })
  } else {
    if (item.extra !== undefined) item.extra.cutOff = false
    end.touch(item)
  }
}

function playOwn(end: FarEnd, item: Item, at: number): void {
  const extra = item.more()
  const { own } = extra
  if (own === undefined) return
  const outcome = playCommand(own.words, shellContext(item, DIRECTORY.install, own))
  extra.ownPrints = { at, prints: outcome.prints }
  if (!outcome.explicit && !outcome.understood && own.finite !== true) return
  const { boot } = item
  const event = { kind: 'own-ended', item, boot, exitCode: outcome.exitCode } as const
  if (outcome.takes <= 0) happen(end, event, at)
  else end.timeline.add(at + outcome.takes, event)
}

/** Everything that a machine uses. */
export function usedBy({ networks, extra }: Item): readonly Item[] {
  if (extra === undefined) return networks
  const { mounts = [], addresses = [], rules = [] } = extra
  return [...networks, ...mounts.map(({ volume }) => volume), ...addresses, ...rules]
}

function release(used: Item): void {
  const extra = used.more()
  extra.users = (extra.users ?? 1) - 1
}
