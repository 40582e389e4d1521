import {
  type PolicyDocument,
  type PolicyKind,
  type Problem,
  type SloSpec,
  settingsOf,
  thresholdsIn,
} from '../../engine/index.js'
import { formatDuration } from '../config/duration.js'
import { madeUpLoad } from './load-source.js'
import { playLoad } from './play.js'
import { BEGINNING } from './test-policy.js'
import { POOL } from './troupe.js'

/** Ticks of one play, and members at most: it is a look, not a proof. */
const TICKS = 400
const MOST_MEMBERS = 12
/** How busy members are when so many would just do. */
const SHARES = [0.55, 0.75, 0.95]
/** Changes that are taken back, at a load that never changes. */
const SWINGS = 3

/**
 * Whether a policy goes to and fro at a load that never changes: gain, delay and windows together, found by trying. Told once, for the
 * worst load that was tried. Without a promise, what is much is the largest number that it compares its reading with.
 */
export function swingProblems(document: PolicyDocument, kind: PolicyKind): readonly Problem[] {
  const slo = document.slo[0] ?? meantBy(document, kind)
  const { pool } = document
  if (slo === undefined || slo.limit <= 0 || pool.min > MOST_MEMBERS) return []
  const max = Math.min(pool.max, MOST_MEMBERS)
  const small = { ...document, pool: { ...pool, max, initial: Math.min(pool.initial, max) } }
  const duration = TICKS * pool.every
  const tried = countsBetween(pool.min, max).flatMap((count) =>
    SHARES.map((share) => {
      const load = Math.round(count * share * slo.limit * 100) / 100
      return { load, swings: swingsAt(small, kind, { load, duration, sensor: slo.sensor }) }
    }),
  )
  const worst = tried.reduce((most, one) => (one.swings > most.swings ? one : most), { load: 0, swings: 0 })
  if (worst.swings < SWINGS) return []
  const message = `at a load of ${worst.load} that never changes it goes to and fro: ${worst.swings} changes are taken back within ${formatDuration(duration)}`
  const hint =
    'part its thresholds further, or let them be crossed for longer; weir policy simulate --load constant shows it'
  return [{ kind: 'problem', code: 'policy-swings', severity: 'warning', message, pointer: '/does', hint }]
}

function swingsAt(
  document: PolicyDocument,
  kind: PolicyKind,
  { load, duration, sensor }: { readonly load: number; readonly duration: number; readonly sensor: string },
): number {
  const model = {
    kind: 'constant',
    base: load,
    peak: load,
    period: duration,
    noise: 0,
    failures: 0,
    duration,
  } as const
  return playLoad(document, kind, () => madeUpLoad(model, 1, BEGINNING), { sensor, parameters: {} }).flapping
}

/** What a policy itself takes for much of the first number that it reads of members. */
function meantBy(document: PolicyDocument, kind: PolicyKind): Meant | undefined {
  const { min, max, initial } = document.pool
  const settings = settingsOf(document, kind)
  const attached = kind.attach({ path: POOL, min, max, initial }, settings)
  if ('problems' in attached || !attached.policy.decides.includes('count')) return undefined
  const read = attached.policy.interest.sensors.find(
    ({ of, wants }) => of === 'members' && wants === 'number',
  )
  const limit = thresholdsIn(settings).at(-1)
  return read?.sensor === undefined || limit === undefined ? undefined : { sensor: read.sensor, limit }
}

type Meant = Pick<SloSpec, 'sensor' | 'limit'>

/** At most four numbers of members, from the fewest to the most. */
function countsBetween(min: number, max: number): readonly number[] {
  const step = Math.max(1, (max - min) / 3)
  const counts = [0, 1, 2, 3].map((at) => Math.max(1, Math.round(Math.min(max, min + at * step))))
  return [...new Set(counts)]
}
