import type { Incarnation } from '../../entity/allocation.js'
import { baseName } from '../../entity/path.js'
import { hostOf, pathSeenFrom, type SpecNode } from '../../entity/spec-tree.js'
import type { MembersSpec, ReplacementSpec } from '../../spec/members-spec.js'
import { copyWith } from '../../support/copy.js'
import { callAhead } from '../calls/call.js'
import type { SlotDraft } from './draft.js'
import { formOf } from '../facts/digests.js'
import { openTrouble } from '../facts/condition.js'
import { stagesOfMaking, throughGates } from './gates.js'
import { makeHolding } from './holding.js'
import { hostLossRule, unseenLine } from '../facts/host-loss.js'
import { isLostAt, isSilent } from '../facts/lost-sites.js'
import { nameFor, ownedId, tokenFor } from '../facts/naming.js'
import { holdsOwn, kindsLacking, needsOf } from '../calls/needs.js'
import { predecessors } from '../facts/order.js'
import { chooseSite, placementOf, siteKey, sitesOf, type Site, type SiteChoice } from '../facts/placement.js'
import { versionAt } from '../facts/rollout.js'
import { mayRetry } from './retry-gate.js'

/** Begins a new incarnation, once everything it needs is there. */
export function create(draft: SlotDraft, node: SpecNode): void {
  draft.settled = false
  const host = hostOf(node)
  if (host !== undefined) {
    board(draft, node, pathSeenFrom(host, draft.slot.path))
    return
  }
  const choice = siteFor(draft, node)
  if (!mayFailOver(draft, choice) && !mayRetry(draft)) return
  if (!mayExist(draft, node) || !predecessorsUp(draft, node)) return
  if (choice === undefined || !holdingsPresent(draft, node, choice.site.location)) return
  const made = newIncarnation(draft, node, choice.site)
  const incarnation = throughGates(draft, made, stagesOfMaking(node))
  if (incarnation === undefined) return
  const wanted = {
    kind: 'ensure',
    token: incarnation.token,
    digest: incarnation.digest,
    reason: 'wanted and not there',
  } as const
  const call = callAhead(wanted, incarnation, draft.slot, draft.world)
  if (call.kind !== 'ready') {
    draft.unready(call)
    return
  }
  draft.record = copyWith(draft.record, { current: incarnation, next: incarnation.number + 1 })
  draft.announce(incarnation, wanted, call.value)
}

/** Begins an incarnation on the machine of another entity, once that is ready. Nothing is done outside for it. */
function board(draft: SlotDraft, node: SpecNode, path: string): void {
  const { world } = draft
  if (!mayRetry(draft) || !mayExist(draft, node) || !predecessorsUp(draft, node)) return
  const host = world.slot(path)?.record.current
  if (host?.stage !== 'ready' || host.lost !== undefined) {
    draft.wait(`the machine of ${path} is not ready`)
    return
  }
  const { location, zone, token, name } = host
  const ports = `${draft.slot.path.slice(path.length + 1).replaceAll('/', '-')}-`
  const made = newIncarnation(draft, node, zone === undefined ? { location } : { location, zone })
  const on = { path, token, name, ports }
  const guest = copyWith(made, { name, stage: 'preparing', on })
  const incarnation = throughGates(draft, guest, ['make'])
  if (incarnation === undefined) return
  draft.record = copyWith(draft.record, { current: incarnation, next: incarnation.number + 1 })
  draft.lookAgain()
}

/** Where the next incarnation goes; what follows a slot binds it to where that is. */
export function siteFor(draft: SlotDraft, node: SpecNode): SiteChoice | undefined {
  const { world, slot } = draft
  const named = sitesOf(node)
  const bound = boundTo(draft, node)
  const sites = named.filter(
    ({ location }) =>
      world.capabilities(location) !== undefined &&
      (bound === undefined || bound === location) &&
      !isSilent(draft.record, location),
  )
  if (sites.length === 0) {
    draft.wait(whyNowhere(draft, named, bound))
    return undefined
  }
  const choice = chooseSite({
    sites: formerFirst(draft, node, sites),
    placement: placementOf(node),
    counts: slot.role === undefined ? NO_COUNTS : world.sited(slot.role),
    // Where one has been lost, another one is made only for want of any other site.
    vacancy: (site) => (isLostAt(draft.record, site) ? 'full' : world.vacancy(site, slot.role)),
    number: slot.role === undefined ? 0 : Number(baseName(slot.path)),
  })
  if (choice === undefined) draft.wait(`${sites.map(siteKey).join(', ')} may take no more of them`)
  return choice
}

/**
 * What replaces another one goes to the zone of that, while it is there, where that has room for it.
 * @source Brooklyn: a replacement stays in its availability zone.
 */
function formerFirst(
  { record, world, slot }: SlotDraft,
  node: SpecNode,
  sites: readonly Site[],
): readonly Site[] {
  const { zones, caps } = placementOf(node)
  // Under a cap the one that leaves takes the room.
  if (zones.length === 0 || caps !== undefined || isWantedElsewhere(record, world, slot.path)) return sites
  const former = record.leaving.findLast(({ lost }) => lost === undefined)
  const own = sites.filter((site) => former?.location === site.location && former.zone === site.zone)
  return own.some((site) => world.vacancy(site, slot.role) === 'open') ? own : sites
}

/** Whether the next one was asked for so that it is not where the one before was. */
function isWantedElsewhere(
  { next }: SlotDraft['record'],
  { desired }: SlotDraft['world'],
  path: string,
): boolean {
  const floor = desired.floors[path]
  return floor?.elsewhere === true && next <= (floor.incarnation ?? 0)
}

const NO_COUNTS: ReadonlyMap<string, number> = new Map()

function whyNowhere({ record }: SlotDraft, named: readonly Site[], bound: string | undefined): string {
  const silent = record.leaving.find((one) => isSilent(record, one.location))
  if (silent?.lost !== undefined) return unseenLine(silent, silent.lost)
  if (named.length === 0) return 'no location is named for it'
  if (bound !== undefined)
    return `what follows it is in ${bound}, which is not there or no place for it any more`
  return `location ${named[0]?.location ?? ''} is not there`
}

function boundTo({ world, slot }: SlotDraft, node: SpecNode): string | undefined {
  const { volumes, addresses = [] } = node.spec
  const ids = [
    ...volumes.map(({ name }) => ownedId('volume', slot.path, name)),
    ...addresses.map(({ name }) => ownedId('address', slot.path, name)),
  ]
  const made = ids.map((id) => world.holding(id)).find((holding) => holding?.brought === false)
  return made?.location
}

/** What one site had no room for is tried at another at once. */
function mayFailOver({ record, world }: SlotDraft, choice: SiteChoice | undefined): boolean {
  const cause = openTrouble(record, world.desired)?.failure.cause
  return (cause === 'capacity' || cause === 'quota') && choice !== undefined && choice.vacancy !== 'full'
}

/** Bounds count incarnations that may run: never more than max and surge, leaving ones included. */
export function mayExist(draft: SlotDraft, node: SpecNode): boolean {
  const { record, slot, world } = draft
  const members = membersOfRole(draft)
  const hindrance = record.leaving.find((one) => mustGoFirst(one, draft, node))
  if (hindrance !== undefined) {
    draft.wait(
      hindrance.lost === undefined
        ? 'its former incarnation leaves first'
        : `its lost incarnation ${hindrance.number} leaves first`,
    )
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

/** What holds for the role of a slot now, whatever version the slot itself has. */
function membersOfRole({ slot: { role }, world }: SlotDraft): MembersSpec | undefined {
  return role === undefined ? undefined : world.tree(versionAt(world.desired, role)).at(role)?.spec.members
}

/** Which of those that leave must be gone before another one begins. */
function mustGoFirst(one: Incarnation, draft: SlotDraft, node: SpecNode): boolean {
  if (one.stage === 'ready' || one.fenced === true) return false
  const rule = one.lost === undefined ? undefined : hostLossRule(node)
  if (rule === 'fence') return true
  // Two never write to one volume.
  if (rule === 'recreate') return node.spec.volumes.length > 0
  return replacementRule(draft, node).order === 'old-first'
}

/** The start order holds until the entity was up once under the present wish; repair waits for nobody. */
export function predecessorsUp(draft: SlotDraft, node: SpecNode): boolean {
  const { slot, world, record } = draft
  if (record.upSerial === world.desired.serial) return true
  const tree = world.tree(versionAt(world.desired, slot.path))
  let up = true
  for (const before of predecessors(tree, node)) {
    const path = pathSeenFrom(before, slot.path)
    if (world.hasStarted(path)) continue
    draft.wait(`${path} is not up`)
    up = false
  }
  return up
}

/** Whether all that a slot needs at a location is there; what is not is made. */
export function holdingsPresent(draft: SlotDraft, node: SpecNode, location: string): boolean {
  const { world, slot } = draft
  const needs = needsOf(node, slot.path, location, world)
  const lacking = kindsLacking(needs, location, world)
  if (lacking.length > 0) {
    draft.unready({ kind: 'failed', reason: `${location} has nothing of kind ${lacking.join(', ')}` })
    return false
  }
  let present = true
  for (const need of needs) {
    const holding = world.holding(need.id)
    if (holding?.stage === 'present') continue
    present = false
    draft.wait(`${need.id} is not there`)
    const isNext = need.after === undefined || world.holding(need.after)?.stage === 'present'
    if (holding === undefined && isNext) draft.holdings.push(makeHolding(need, location, { node, world }))
  }
  return present
}

/** Shared by all that begin: an empty object for each costs as much as its name. */
const NO_PHASES: Incarnation['phases'] = Object.freeze({})

function newIncarnation(draft: SlotDraft, node: SpecNode, { location, zone }: Site): Incarnation {
  const { slot, world, record } = draft
  const number = record.next
  const version = versionAt(world.desired, slot.path)
  const token = tokenFor(world.engine, world.desired, slot.path, number)
  return {
    number,
    token,
    name: nameFor(world.desired.name, slot.path, number, token),
    version,
    location,
    ...(zone === undefined ? {} : { zone }),
    digest: formOf(world.tree(version), node).replace,
    stage: 'creating',
    generation: 0,
    phases: NO_PHASES,
    createdAt: world.now,
  }
}

/**
 * How a slot's incarnation is replaced: as somebody asked for, else by its role's rule, or new first for a single one.
 * Old first in any case where both cannot be there: a volume, or an address, is one machine's at a time.
 */
export function replacementRule(draft: SlotDraft, node: SpecNode): ReplacementSpec {
  const own = node.parent?.spec.members?.replacement ?? RULES['new-first']
  const order = askedOrder(draft) ?? own.order
  const rule = order === own.order ? own : RULES[order]
  if (order === 'new-first' && (holdsOwn(node) || !haveRoom(draft))) return RULES['old-first']
  return rule
}

const RULES: { readonly [order in ReplacementSpec['order']]: ReplacementSpec } = {
  'new-first': { order: 'new-first', surge: 1, unavailable: 0 },
  'old-first': { order: 'old-first', surge: 0, unavailable: 1 },
}

/** The order of a replacement that was asked for and is not done yet. */
function askedOrder({ slot, world, record }: SlotDraft): ReplacementSpec['order'] | undefined {
  const floor = world.desired.floors[slot.path]
  const present = record.current?.number ?? record.next - 1
  return (floor?.incarnation ?? 0) > present ? floor?.order : undefined
}

/** Whether the bounds of a role allow one incarnation more than it has members. */
function haveRoom(draft: SlotDraft): boolean {
  const { slot, world } = draft
  const members = membersOfRole(draft)
  if (slot.role === undefined || members === undefined) return true
  return world.tally(slot.role).members < members.max + members.replacement.surge
}
