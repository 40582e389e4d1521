import { policyKey, suspensionOf, type DesiredRecord } from '../../entity/desired.js'
import { incarnations, openTrouble } from '../../reconcile/facts/condition.js'
import { NAME_SETTING } from '../../reconcile/facts/kept-values.js'
import { gapOf } from '../../reconcile/decide/gap.js'
import { lostAfter, unseenLine } from '../../reconcile/facts/host-loss.js'
import type { SlotState } from '../../reconcile/facts/landscape.js'
import { wantedCount } from '../../reconcile/facts/aggregate.js'
import { versionAt } from '../../reconcile/facts/rollout.js'
import { rolloutLine, rolloutValue } from '../../reconcile/facts/rollout-value.js'
import { machineToken } from '../../reconcile/facts/shared-machine.js'
import { worldFor, type WorldSources } from '../../reconcile/facts/tracked-world.js'
import { alertAt, retrySpecOf } from '../../task/retry.js'
import type { RunRecord } from '../../workflow/run-record.js'
import type { DecisionView, WhyView } from '../../entity/view.js'
import { entityAt } from './views.js'

/** Why an entity is as it is: the diff, asked for its reasons. Undefined when there is no such entity. */
export function explain(
  sources: WorldSources,
  path: string,
  now: number,
  {
    decisions,
    runs = [],
  }: { readonly decisions: readonly DecisionView[]; readonly runs?: readonly RunRecord[] },
): WhyView | undefined {
  const view = entityAt(sources, path)
  if (view === undefined) return undefined
  const slot = sources.landscape.slots.get(path)
  const next = slot === undefined ? groupNext(sources, path) : slotNext(sources, slot, now)
  return {
    entity: path,
    state: view.state,
    summary: `${path === '' ? sources.landscape.desired.name : path} is ${view.state}${view.reason === '' || view.reason === view.state ? '' : `: ${view.reason}`}`,
    waits: [
      ...(slot === undefined ? groupWaits(sources, path) : [...slot.waits, ...unseenWaits(slot, now)]),
      ...runWaits(runs, path),
    ],
    waitsSince: slot === undefined ? groupWaitsSince(sources, path) : waitsSinceOf(slot),
    ...(slot === undefined ? {} : troubleOf(slot, sources.landscape.desired)),
    next: [...next, ...resting(sources, path), ...settingsOf(sources, path)],
    decisions,
  }
}

/** What runs of workflows at it wait for. */
function runWaits(runs: readonly RunRecord[], path: string): readonly string[] {
  const open = runs.filter(({ state, entity }) => state === 'running' && entity === path)
  return open.flatMap(({ origin, id, waits }) =>
    waits.map((wait) => `${origin} (run ${id}) waits for ${wait}`),
  )
}

/** Policies of it that do nothing because a person, or another policy, said so. */
function resting({ landscape }: WorldSources, path: string): readonly string[] {
  const { policies = [], enrichers = [] } = landscape.tree.at(path)?.spec ?? {}
  return [...policies, ...enrichers].flatMap(({ name }) => {
    const suspension = suspensionOf(landscape.desired, policyKey(path, name))
    return suspension === undefined ? [] : [`${name} is suspended by ${suspension.by}: ${suspension.reason}`]
  })
}

/** Config that was set while it ran. */
function settingsOf({ landscape }: WorldSources, path: string): readonly string[] {
  const set = landscape.settings.of(path).filter(({ sensor }) => sensor !== NAME_SETTING)
  const [still] =
    set.length === 0 ? [] : ['what was made or begun before that keeps the value that it had then']
  const lines = set.map(({ sensor, value }) => `config ${sensor} was set to ${JSON.stringify(value)}`)
  return still === undefined ? lines : [...lines, still]
}

function troubleOf({ record, node }: SlotState, desired: DesiredRecord): Pick<WhyView, 'trouble'> {
  const trouble = openTrouble(record, desired)
  if (trouble === undefined) return {}
  const { attempts, since, retryAt, failure, verdict = '' } = trouble
  return {
    trouble: {
      attempts,
      since,
      retryAt,
      failure,
      verdict,
      alertAt: alertAt(trouble, node === undefined ? undefined : retrySpecOf(node.spec)),
    },
  }
}

function slotNext(sources: WorldSources, slot: SlotState, now: number): readonly string[] {
  const gap = gapOf(sources.landscape.facts(slot), worldFor('', now, sources))
  const step = slot.record.current?.step ?? slot.record.leaving.find((one) => one.step !== undefined)?.step
  const lines = gap.kind === 'none' ? [] : [`${gap.kind}: ${gap.reason}`]
  const { desired } = sources.landscape
  const version = versionAt(desired, slot.path)
  if (version !== desired.version)
    lines.push(`it keeps version ${version} until it is admitted to version ${desired.version}`)
  if (step !== undefined) lines.push(`under way: ${step.phase ?? step.kind}, attempt ${step.attempt}`)
  if ('changes' in gap) lines.push(...gap.changes)
  return lines
}

/** What is not seen and does not count as lost yet, with its age. */
function unseenWaits({ record, observed, node }: SlotState, now: number): readonly string[] {
  return incarnations(record).flatMap((one) => {
    const unseen = observed?.unseen?.[machineToken(one)]
    if (unseen === undefined || one.lost !== undefined) return []
    const left = Math.max(0, unseen.since + lostAfter(node) - now)
    const age = `${seconds(now - unseen.since)} s`
    return [`${unseenLine(one, unseen)}, ${age} ago; in ${seconds(left)} s it counts as lost`]
  })
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1_000)
}

function groupNext(sources: WorldSources, path: string): readonly string[] {
  const { landscape } = sources
  const role = landscape.roles.get(path)
  if (role === undefined) return landscape.status.alerts
  const wanted = wantedCount(landscape, path)
  const rollout = rolloutValue(role, landscape)
  return [
    ...(role.tally.members === wanted
      ? []
      : [`${role.tally.members} members are there, ${wanted} are wanted`]),
    ...(rollout === undefined ? [] : [rolloutLine(rollout)]),
  ]
}

function waitsSinceOf({ waits, waitsSince }: SlotState, before = ''): WhyView['waitsSince'] {
  return Object.fromEntries(waits.map((wait) => [`${before}${wait}`, waitsSince[wait] ?? 0]))
}

function groupWaitsSince({ landscape }: WorldSources, path: string): WhyView['waitsSince'] {
  const all: { [wait: string]: number } = {}
  for (const slot of landscape.slotsWithin(path)) {
    if (Object.keys(all).length >= MOST_WAITS) return all
    Object.assign(all, waitsSinceOf(slot, `${slot.path}: `))
  }
  return all
}

/** Lines that are told of what is inside a group. */
const MOST_WAITS = 20

function groupWaits(sources: WorldSources, path: string): readonly string[] {
  const lines: string[] = []
  for (const slot of sources.landscape.slotsWithin(path)) {
    for (const wait of slot.waits) lines.push(`${slot.path}: ${wait}`)
    if (lines.length >= MOST_WAITS) return lines
  }
  return lines
}
