import type { LocationHarness } from './location-harness.js'

/** The points at which design.md lets a far end go wrong, in its words and order. */
export const FAULT_POINTS = {
  'answer-lost-before-effect': 'answer lost before the effect',
  'answer-lost-after-effect': 'answer lost after the effect',
  'duplicate-delivery': 'a wish delivered twice',
  'not-ready': 'not ready yet',
  'failed-midway': 'failed midway',
  'old-after-new': 'an old command after a new one',
  'slow-effect': 'slow effect',
  'delayed-visibility': 'made, and not shown yet',
  'provider-restart': 'provider restarts',
  'out-of-band-stop': 'stopped by hand',
  'out-of-band-delete': 'removed by hand, of every kind',
  stranger: 'name taken by a stranger',
  capacity: 'no room',
  throttled: 'throttled',
  'clock-skew': 'clock of the far end is off',
  'event-gap': 'events lost',
  'half-open-before': 'half-open: accepted, and silent before the effect',
  'half-open-after': 'half-open: silent after the effect',
  'half-open-answer': 'half-open: silent in the middle of an answer',
  'half-open-look': 'half-open: silent when looked at',
  'half-open-hints': 'half-open: hints silent, and nobody there',
} as const

/** One of them. */
export type PointName = keyof typeof FAULT_POINTS

/** Why a point is not run against a place; what is not named here is run. */
export type Exceptions = { readonly [point in PointName]?: string }

const OWN_PROCESS =
  'cannot come about: the driver acts on this host itself, nothing lies between it and the effect'

/** Exceptions of a harness whose far end is in this very process. */
export const NO_WIRE: Exceptions = Object.fromEntries(
  (Object.keys(FAULT_POINTS) as PointName[])
    .filter((point) => point.startsWith('half-open-'))
    .map((point) => [point, 'the far end is in this process: run where it is in one of its own']),
)

/**
 * Which points the conformance suite does not run against a place, and why. The suite fails where a harness can do more
 * or less than is said here, and docs/locations.md shows it.
 */
export const EXCEPTIONS: { readonly [kind: string]: Exceptions } = {
  minimal: Object.fromEntries(Object.keys(FAULT_POINTS).map((point) => [point, 'it is asked for level 1'])),
  simulated: {},
  local: {
    'answer-lost-before-effect': OWN_PROCESS,
    'answer-lost-after-effect': OWN_PROCESS,
    'duplicate-delivery': OWN_PROCESS,
    'not-ready': 'cannot come about: a directory is made at once, or not at all',
    'failed-midway':
      'cannot come about: a machine appears complete, by one rename; what comes before it is removed',
    'slow-effect': 'cannot come about: a directory is made at once, or not at all',
    'delayed-visibility': 'cannot come about: what was renamed is seen',
    capacity: 'the limits are its configuration: test/locations/local/local-location.test.ts',
    throttled: 'cannot come about: nobody counts its calls',
    'clock-skew': 'cannot come about: one clock for both',
    'half-open-before': OWN_PROCESS,
    'half-open-after': OWN_PROCESS,
    'half-open-answer': OWN_PROCESS,
    'half-open-look': OWN_PROCESS,
    'half-open-hints': OWN_PROCESS,
    'event-gap': 'nothing tells that hints were lost: all is looked at in the period, which is a second',
  },
  docker: {
    'failed-midway':
      'its engine makes a container whole, or says why not: test/live/docker/containers.test.ts',
    'slow-effect':
      'its engine answers when it is done; pulls take their time: test/locations/docker/docker-pull.test.ts',
    'delayed-visibility': 'cannot come about: its engine lists what it has made',
    'clock-skew':
      'cannot come about: the kernel of its machines is that of the engine, which tells the times',
  },
  byon: {
    'failed-midway': 'a claim that was cut short is on its way, and completed when it is asked for again',
    'slow-effect': 'cannot come about: a claim is made at once, or not at all',
    'delayed-visibility': 'cannot come about: a claim is one link, and seen',
    throttled:
      'nobody counts our calls; a host that takes no further command: test/locations/ssh/ssh-sessions.test.ts',
    'clock-skew': 'the hosts of the test have one clock with us',
    'event-gap': 'there are no hints',
    'half-open-hints': 'there are no hints',
  },
}

/** Whether a harness can bring a point about. */
export function canCause(harness: LocationHarness, point: PointName): boolean {
  switch (point) {
    case 'old-after-new':
      return harness.fencing !== false
    case 'out-of-band-stop':
      return harness.breakInstance !== undefined
    case 'out-of-band-delete':
      return harness.vanish !== undefined
    case 'stranger':
      return harness.makeStranger !== undefined
    case 'clock-skew':
      return harness.skew !== undefined
    default:
      return harness.faults?.[point] !== undefined
  }
}

/** The table of docs/locations.md. */
export function faultTable(): string {
  const kinds = Object.keys(EXCEPTIONS).filter((kind) => kind !== 'minimal')
  const rows = (Object.keys(FAULT_POINTS) as PointName[]).map((point) => {
    const cells = kinds.map((kind) => (EXCEPTIONS[kind]?.[point] === undefined ? 'run' : '–'))
    return `| ${[FAULT_POINTS[point], ...cells].join(' | ')} |`
  })
  const reasons = kinds.flatMap((kind) => {
    const byReason = new Map<string, string[]>()
    for (const [point, reason] of Object.entries(EXCEPTIONS[kind] ?? {}))
      byReason.set(reason, [...(byReason.get(reason) ?? []), FAULT_POINTS[point as PointName]])
    return [...byReason].map(([reason, points]) => `- ${kind}, ${points.join(', ')}: ${reason}.`)
  })
  const head = [`| | ${kinds.join(' | ')} |`, `|---|${kinds.map(() => '---|').join('')}`]
  return [...head, ...rows, '', 'Not run, because:', '', ...reasons].join('\n')
}
