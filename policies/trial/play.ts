import {
  InvariantError,
  type PlayOptions,
  type PlayReport,
  type PolicyDocument,
  type PolicyKind,
  settingsOf,
} from '../../engine/index.js'
import { chartOf } from './chart.js'
import type { LoadSource } from './load-source.js'
import { PlayBook } from './play-book.js'
import { PoolWorld } from './pool-world.js'
import { POOL } from './troupe.js'

/** Plays a policy over a load, which the members that are up share. */
export function playLoad(
  document: PolicyDocument,
  kind: PolicyKind,
  source: LoadSource,
  { sensor, parameters, slo = document.slo, chart = false }: PlayOptions,
): PlayReport {
  const { pool, name } = document
  const { min, max, initial, startDelay, cost } = pool
  const attached = kind.attach({ path: POOL, min, max, initial }, settingsOf(document, kind, parameters))
  if ('problems' in attached)
    throw new InvariantError(`a policy that does not fit: ${attached.problems[0]?.message ?? ''}`)
  const { from, to } = source
  const settles = Math.max(SETTLED, 2 * startDelay)
  const book = new PlayBook({ sensor, slo, from, to, least: min, cost, settles })
  const cast = { name, type: kind.type, policy: attached.policy }
  playIn(new PoolWorld({ cast, pool, sensor, start: from, book }), source, pool.every, book)
  const report = book.report(name)
  return chart ? { ...report, chart: chartOf(report) } : report
}

/** A change that is taken back within this is flapping, or within twice the start delay. */
const SETTLED = 600_000

function playIn(world: PoolWorld, source: LoadSource, every: number, book: PlayBook): void {
  const { time } = world.stage
  const { from, to, failures } = source
  for (const { at, choice } of failures)
    time.schedule(() => {
      world.fail(choice)
    }, at - from)
  const beat = time.schedule(function () {
    const at = time.now()
    const load = source.at(at)
    world.tell(load)
    const { share, ready, present, wanted } = world
    book.passes({ at, lasts: Math.min(every, to - at), load, share, ready, present, wanted })
    if (at + every < to) this.schedule(undefined, every)
  })
  time.advanceTo(to)
  beat.unsubscribe()
}
