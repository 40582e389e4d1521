import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type PolicyDocument,
  type PolicyKind,
  type PolicySubject,
  type PolicySurroundings,
  type PolicyTestSpec,
  type Problem,
  isJsonObject,
  settingsOf,
} from '../../engine/index.js'
import { formatDuration, parseDuration } from '../config/duration.js'
import { nearestName } from '../config/nearest.js'
import { MOST_SAMPLES } from '../rules/document.js'
import { POOL } from './troupe.js'

/** All that can be known to be wrong with a policy before it is tried, with pointers into its document. */
export function checkPolicy(
  document: PolicyDocument,
  kind: PolicyKind,
  around: PolicySurroundings | undefined,
): readonly Problem[] {
  const settings = settingsOf(document, kind)
  const unset = unsetParameters(document)
  if (unset.length > 0) return unset
  const attached = kind.attach(subjectOf(document, around), settings)
  if ('problems' in attached)
    return withoutMistyped(attached.problems).map((one) => ({ ...one, pointer: `/does${one.pointer ?? ''}` }))
  const { policy } = attached
  return [
    ...(around === undefined ? [] : sensorProblems(policy, document.does.settings, around)),
    ...windowProblems(document, settings),
    ...boundsProblems(document, settings),
    ...document.tests.flatMap((test, at) => testProblems(test, `/tests/${at}`, { document, policy })),
  ]
}

/** Without what is missing where a key was mistyped. */
function withoutMistyped(problems: readonly Problem[]): readonly Problem[] {
  const around = ({ pointer = '' }: Problem): string => pointer.slice(0, pointer.lastIndexOf('/'))
  const unknown = problems.filter(({ code }) => code === 'policy-config-unknown-key').map(around)
  return problems.filter((one) => one.code !== 'policy-config-missing' || !unknown.includes(around(one)))
}

function found(code: string, pointer: string, message: string, hint: string): Problem {
  return { kind: 'problem', code, severity: 'error', message, pointer, hint }
}

function unsetParameters({ parameters }: PolicyDocument): readonly Problem[] {
  return parameters
    .filter(({ value }) => value === undefined)
    .map(({ name }) =>
      found(
        'policy-config-missing',
        `/parameters/${name}`,
        `"${name}" has no default`,
        'give it one, so that it can be tried',
      ),
    )
}

function subjectOf({ pool }: PolicyDocument, around: PolicySurroundings | undefined): PolicySubject {
  if (around === undefined) return { path: POOL, min: pool.min, max: pool.max, initial: pool.initial }
  return { path: around.entity, ...around.members }
}

/** Sensors that an entity does not have, or whose values are of no use. */
function sensorProblems(
  { interest }: AttachedPolicy,
  settings: JsonObject,
  { entity, sensors }: PolicySurroundings,
): readonly Problem[] {
  return interest.sensors.flatMap(({ of, sensor, wants }) => {
    const known = typeof of === 'string' ? sensors[of] : undefined
    if (known === undefined || sensor === undefined) return []
    const pointer = `/does${pointerTo(settings, sensor) ?? ''}`
    const whose = WHOSE[of as 'self'](entity)
    if (!Object.hasOwn(known, sensor)) return [unknownSensor(sensor, Object.keys(known), whose, pointer)]
    const type = known[sensor] ?? 'json'
    if (wants !== 'number' || COUNTABLE.has(type)) return []
    const message = `the sensor "${sensor}" of ${whose} is a ${type}, and a number is needed`
    return [found('policy-reading-type', pointer, message, 'read another sensor, or read it "as: any"')]
  })
}

const WHOSE: { readonly [of in 'self' | 'members' | 'children']: (entity: string) => string } = {
  self: (entity) => `"${entity}"`,
  members: (entity) => `a member of "${entity}"`,
  children: (entity) => `a child of "${entity}"`,
}

/** Types whose values can be numbers. */
const COUNTABLE: ReadonlySet<string> = new Set(['number', 'json'])

/** An entity with a machine may have sensors that its place alone knows. */
function unknownSensor(sensor: string, known: readonly string[], whose: string, pointer: string): Problem {
  const names = known.filter((name) => name !== '*')
  const near = nearestName(sensor, names)
  const hint =
    near === undefined ? `it has ${names.slice(0, 12).join(', ') || 'none'}` : `did you mean "${near}"?`
  const isOpen = known.includes('*')
  const message = `${whose} has no sensor "${sensor}"${isOpen ? ' of its own; its place may tell one' : ''}`
  const problem = found('policy-sensor-unknown', pointer, message, hint)
  return isOpen ? { ...problem, severity: 'warning' } : problem
}

/** Where in settings a sensor is named. */
function pointerTo(value: Json, sensor: string, at = ''): string | undefined {
  if (!isJsonObject(value)) return undefined
  for (const [key, one] of Object.entries(value)) {
    if (key === 'sensor' && one === sensor) return `${at}/${key}`
    const below = pointerTo(one, sensor, `${at}/${key}`)
    if (below !== undefined) return below
  }
  return undefined
}

/** Times that do not go with how often members tell something. */
function windowProblems({ pool: { every } }: PolicyDocument, settings: JsonObject): readonly Problem[] {
  const kept = MOST_SAMPLES * every
  return timesIn(settings).flatMap(({ key, pointer, time }) => {
    if (key === 'window' && time > kept) {
      const message = `a window of ${formatDuration(time)} is longer than the ${formatDuration(kept)} that ${MOST_SAMPLES} values last for`
      return [
        found(
          'policy-window',
          pointer,
          message,
          'read over a shorter one, or let members tell less often (pool: every)',
        ),
      ]
    }
    if (key !== 'staleAfter' || time >= every) return []
    const message = `values are trusted for ${formatDuration(time)}, and told every ${formatDuration(every)} only`
    return [
      found(
        'policy-window',
        pointer,
        message,
        'trust them for longer, or let members tell more often (pool: every)',
      ),
    ]
  })
}

function timesIn(
  value: Json,
  pointer = '/does',
): readonly { readonly key: string; readonly pointer: string; readonly time: number }[] {
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, one]) => {
    const at = `${pointer}/${key}`
    const time = typeof one === 'string' ? parseDuration(one) : one
    return typeof time === 'number' ? [{ key, pointer: at, time }] : timesIn(one, at)
  })
}

/** Bounds that leave the pool no number of members. */
function boundsProblems({ pool }: PolicyDocument, settings: JsonObject): readonly Problem[] {
  const bounds = isJsonObject(settings['bounds'] ?? null) ? (settings['bounds'] as JsonObject) : {}
  const { min, max } = bounds
  const say = (key: string, message: string): readonly Problem[] => [
    found('policy-bounds', `/does/bounds/${key}`, message, `the pool has ${pool.min} to ${pool.max} members`),
  ]
  if (typeof min === 'number' && min > pool.max)
    return say('min', `never fewer than ${min} members are asked for, and there are never so many`)
  if (typeof max === 'number' && max < pool.min)
    return say('max', `never more than ${max} members are asked for, and there are never so few`)
  return []
}

/** What a test tells that nobody reads, whom it names that is never there, and what could never be asked for. */
function testProblems(
  test: PolicyTestSpec,
  pointer: string,
  { document, policy }: { readonly document: PolicyDocument; readonly policy: AttachedPolicy },
): readonly Problem[] {
  const { pool } = document
  const names = policy.interest.sensors.flatMap(({ sensor }) => (sensor === undefined ? [] : [sensor]))
  const most = Math.max(test.members, ...test.given.map(({ members = 0 }) => members))
  const given = test.given.flatMap(({ read, of }, at) => {
    const strangers = typeof of === 'string' ? [] : of.filter((one) => one > most)
    return [
      ...Object.keys(read)
        .filter((name) => !names.includes(name))
        .map((name) => unread(name, names, `${pointer}/given/${at}/read/${name}`)),
      ...strangers.map((one) => {
        const hint = `there are ${most}; write "members: ${one}"`
        return found(
          'policy-test',
          `${pointer}/given/${at}/of`,
          `there is never a member ${one} in this test`,
          hint,
        )
      }),
    ]
  })
  const expected = test.expect.flatMap(({ what }, at) => {
    if (what.kind !== 'scale' || (what.count >= pool.min && what.count <= pool.max)) return []
    const hint = `the pool has ${pool.min} to ${pool.max}`
    return [
      found(
        'policy-test',
        `${pointer}/expect/${at}/scale`,
        `${what.count} members are never asked for`,
        hint,
      ),
    ]
  })
  return [...given, ...expected]
}

function unread(name: string, names: readonly string[], pointer: string): Problem {
  const near = nearestName(name, names)
  const hint = near === undefined ? `it reads ${names.join(', ') || 'no sensor'}` : `did you mean "${near}"?`
  return found('policy-test', pointer, `the policy does not read "${name}"`, hint)
}
