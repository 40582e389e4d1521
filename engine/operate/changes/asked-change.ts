import type { DesiredRecord, Removal, Rest } from '../../entity/desired.js'
import { ROOT, isWithin, parentPath } from '../../entity/path.js'
import { text } from '../../expression/value.js'
import { wantedCount } from '../../reconcile/facts/aggregate.js'
import type { Landscape, SlotState } from '../../reconcile/facts/landscape.js'
import { restOf } from '../../reconcile/facts/rest.js'
import { numbersOf } from '../../reconcile/facts/rollout-value.js'
import { unreachable } from '../../support/invariant.js'
import {
  allOf,
  countFor,
  floorFor,
  admissionFor,
  removalFor,
  restFor,
  wakeFor,
  wishFor,
  type By,
  type Desire,
} from './desire.js'
import type { Parameters } from '../effectors/effector-command.js'
import type { GeneralName } from '../effectors/general-effectors.js'

/** A call of an effector that an entity has by what it is. */
export interface Asked {
  readonly path: string
  readonly name: GeneralName
  readonly parameters: Parameters
}

/** What is desired once what was asked for is granted; refused where bounds, or what is above it, forbid it. Pure. */
export function askedChange(desired: DesiredRecord, asked: Asked, by: By, landscape: Landscape): Desire {
  const books = { desired, by, landscape }
  switch (asked.name) {
    case 'start':
      return started(asked, books)
    case 'stop':
      return stopped(asked, books)
    case 'restart':
      return restarted(asked, books)
    case 'resize':
      return resized(asked.path, Number(asked.parameters['desiredSize']), books)
    case 'resizeByDelta':
      return resized(
        asked.path,
        wantedCount(landscape, asked.path) + Number(asked.parameters['delta']),
        books,
      )
    case 'replaceMember':
      return memberReplaced(asked, books)
    case 'admitMembers':
      return admitted(asked, books)
    case 'expungeMembers':
      return expunged(asked, books)
    default:
      return unreachable(asked.name)
  }
}

interface Books {
  readonly desired: DesiredRecord
  readonly by: By
  readonly landscape: Landscape
}

function started({ path, parameters }: Asked, { desired, by }: Books): Desire {
  if (isGiven(parameters['locations'])) return invalid('where it is put stands in its document')
  const asleep = whyAsleep(path, desired)
  if (asleep !== undefined) return invalid(asleep)
  if (path !== ROOT) return wakeFor(desired, path, by)
  return allOf(desired, [(now) => wishFor(now, 'running', by), (now) => wakeFor(now, path, by)])
}

function isGiven(value: Parameters[string] | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== ''
}

/** Why an entity cannot be started by itself. */
function whyAsleep(path: string, desired: DesiredRecord): string | undefined {
  const above = parentPath(path)
  if (above === undefined) return undefined
  if (desired.wish !== 'running') return 'its application is to be stopped: start that'
  if (restOf(desired, above) === undefined) return undefined
  return `${above} is to be stopped, with all that is inside of it: start that`
}

function stopped({ path, parameters }: Asked, { desired, by }: Books): Desire {
  if (path === ROOT) return wishFor(desired, 'stopped', by)
  const process = modeOf(parameters['stopProcessMode'])
  const machine = modeOf(parameters['stopMachineMode'])
  if (process === 'unknown' || machine === 'unknown')
    return invalid('stopProcessMode and stopMachineMode are always, if-not-stopped or never')
  const removes = machine === 'stop'
  if (process === 'never' && !removes) return { kind: 'same' }
  const rest: Rest = {
    machine: removes ? 'remove' : machine === 'never' ? 'leave' : 'as-declared',
    ...(process === 'never' ? { abrupt: true } : {}),
    by: by.name,
    reason: by.reason === 'stop' ? `stopped by ${by.name}` : `stopped by ${by.name}: ${by.reason}`,
  }
  return restFor(desired, path, rest, by)
}

/** Both say that it is not to run; what is so already needs nothing. */
function modeOf(value: Parameters[string] | undefined): 'stop' | 'never' | 'unsaid' | 'unknown' {
  if (!isGiven(value)) return 'unsaid'
  const word = wordOf(value).replaceAll('_', '-')
  if (word === 'always' || word === 'if-not-stopped') return 'stop'
  return word === 'never' ? 'never' : 'unknown'
}

function wordOf(value: Parameters[string] | undefined): string {
  return String(text(value ?? null)).toLowerCase()
}

/** What rests begins; what runs is to run anew, on the machine that it has unless another one is asked for. */
function restarted({ path, parameters }: Asked, books: Books): Desire {
  const { desired, by, landscape } = books
  const asleep = path === ROOT ? undefined : whyAsleep(path, desired)
  if (asleep !== undefined) return invalid(asleep)
  if (landscape.tree.at(path)?.spec.members?.restart === 'off')
    return invalid(`${path} is not to be restarted: its document says so`)
  const word = isGiven(parameters['restartMachine']) ? wordOf(parameters['restartMachine']) : 'auto'
  if (!['true', 'false', 'auto'].includes(word)) return invalid('restartMachine is true, false or auto')
  const own = landscape.slots.get(path)
  const isAll = own === undefined || parameters['restartChildren'] === true
  const slots = isAll ? [...landscape.slots.values()].filter((slot) => isWithin(slot.path, path)) : [own]
  const awake = slots.filter((slot) => restOf(desired, slot.path) === undefined)
  return allOf(desired, [
    (now) => (path === ROOT ? wishFor(now, 'running', by) : wakeFor(now, path, by)),
    ...awake.map((slot) => (now: DesiredRecord) => runAnew(slot, now, { by, replaces: word === 'true' })),
  ])
}

function runAnew(
  { path, record }: SlotState,
  desired: DesiredRecord,
  { by, replaces }: { readonly by: By; readonly replaces: boolean },
): Desire {
  const { current } = record
  if (current === undefined) return { kind: 'same' }
  const { reason } = by
  if (replaces)
    return floorFor(desired, path, { incarnation: current.number + 1, order: 'old-first', reason }, by)
  if (current.run === undefined) return { kind: 'same' }
  return floorFor(desired, path, { runOf: current.number, run: current.run.number + 1, reason }, by)
}

/** Beyond the most it is as many as there may be; where there are that many already, it is refused. */
function resized(path: string, count: number, { desired, by, landscape }: Books): Desire {
  const { tree } = landscape
  const max = tree.at(path)?.spec.members?.max ?? 0
  const most = count > max && wantedCount(landscape, path) < max ? max : count
  return countFor({ desired, tree }, path, most, by)
}

function memberReplaced({ path, parameters }: Asked, { desired, by, landscape }: Books): Desire {
  const said = String(text(parameters['memberId'] ?? ''))
  const members = [...(landscape.roles.get(path)?.slots.values() ?? [])]
  const known = (slot: SlotState): readonly string[] => [slot.path, slot.path.slice(path.length + 1)]
  const member = members.find((slot) => known(slot).includes(said))
  if (member === undefined || member.record.retired !== undefined)
    return invalid(`${path} has no member "${said}"`)
  const { current, next } = member.record
  return floorFor(
    desired,
    member.path,
    { incarnation: (current?.number ?? next - 1) + 1, reason: by.reason },
    by,
  )
}

function admitted({ path, parameters }: Asked, { desired, by, landscape }: Books): Desire {
  const role = landscape.roles.get(path)
  const given = parameters['members']
  const count = isGiven(given) ? Number(given) : 'all'
  if (role === undefined || desired.rollouts?.[path] === undefined)
    return invalid(`no change of the document is coming to the members of ${path} in turns`)
  if (count !== 'all' && !(Number.isSafeInteger(count) && count > 0))
    return invalid('members is a whole number above 0')
  return admissionFor(desired, path, { numbers: numbersOf(role), count }, by)
}

/** Of a role its own, of a group all that are in it. */
function expunged({ path, parameters }: Asked, { desired, by, landscape }: Books): Desire {
  const role = landscape.roles.get(path)
  const paths = role === undefined ? landscape.groups.membersOf(path) : [...role.slots.keys()]
  const aside = paths.filter((member) => landscape.slots.get(member)?.condition.state === 'quarantined')
  const reason = by.reason === EXPUNGE ? `expunged by ${by.name}` : `expunged by ${by.name}: ${by.reason}`
  const removal: Removal = {
    ...(parameters['firstStop'] === false ? { force: true } : {}),
    by: by.name,
    reason,
  }
  return allOf(
    desired,
    aside.map((member) => (now: DesiredRecord) => removalFor(now, member, removal, by)),
  )
}

const EXPUNGE = 'expungeMembers'

function invalid(reason: string): Desire {
  return { kind: 'invalid', reason }
}
