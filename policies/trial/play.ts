import {
  InvariantError,
  type PlayOptions,
  type PlayReport,
  type PolicyDocument,
  type PolicyKind,
  settingsOf,
} from '../../engine/index.js'
import { chartOf } from './chart.js'
import { DirectStage, NeedsHost } from './direct-stage.js'
import type { LoadSource } from './load-source.js'
import { PlayBook } from './play-book.js'
import { PoolWorld, type WorldParts } from './pool-world.js'
import { type Cast, Stage } from './stage.js'
import { POOL } from './troupe.js'

/** Plays a policy over a load, which the members that are up share. The source is asked for anew for each play. */
export function playLoad(
  document: PolicyDocument,
  kind: PolicyKind,
  source: () => LoadSource,
  options: PlayOptions,
): PlayReport {
  try {
    return playDirectly(document, kind, source(), options)
  } catch (thrown) {
    if (thrown instanceof NeedsHost) return playOnHost(document, kind, source(), options)
    throw thrown
  }
}

/** The policy's step is called by the play itself. What only a host deals with throws NeedsHost. */
function playDirectly(
  document: PolicyDocument,
  kind: PolicyKind,
  source: LoadSource,
  options: PlayOptions,
): PlayReport {
  const cast = castOf(document, kind, options)
  const { direct } = cast.policy
  if (direct === undefined) throw new NeedsHost()
  const of = { sensor: options.sensor, start: source.from }
  return play(document, source, options, { cast, scene: (ask) => new DirectStage(cast, direct, of, ask) })
}

/** The same by way of the host that runs policies live: what the other way is measured against. */
export function playOnHost(
  document: PolicyDocument,
  kind: PolicyKind,
  source: LoadSource,
  options: PlayOptions,
): PlayReport {
  const cast = castOf(document, kind, options)
  return play(document, source, options, { cast, scene: (ask) => new Stage([cast], source.from, ask) })
}

function castOf(document: PolicyDocument, kind: PolicyKind, { parameters }: PlayOptions): Cast {
  const { min, max, initial } = document.pool
  const attached = kind.attach({ path: POOL, min, max, initial }, settingsOf(document, kind, parameters))
  if ('policy' in attached) return { name: document.name, type: kind.type, policy: attached.policy }
  throw new InvariantError(`a policy that does not fit: ${attached.problems[0]?.message ?? ''}`)
}

function play(
  { pool, name, slo: promised }: PolicyDocument,
  source: LoadSource,
  { sensor, slo = promised, chart = false }: PlayOptions,
  { cast, scene }: Pick<WorldParts, 'cast' | 'scene'>,
): PlayReport {
  const { min, startDelay, cost, every } = pool
  const { from, to } = source
  const settles = Math.max(SETTLED, 2 * startDelay)
  const book = new PlayBook({ sensor, slo, from, to, least: min, cost, settles })
  playIn(new PoolWorld({ cast, pool, sensor, book, scene }), source, every, book)
  const report = book.report(name)
  return chart ? { ...report, chart: chartOf(report) } : report
}

/** A change that is taken back within this is flapping, or within twice the start delay. */
const SETTLED = 600_000

function playIn(world: PoolWorld, source: LoadSource, every: number, book: PlayBook): void {
  const { time } = world.scene
  const { from, to, failures } = source
  for (const { at, choice } of failures)
    world.scene.later(() => {
      world.fail(choice)
    }, at - from)
  let [at, load] = [from, source.at(from)]
  const goOn = (): void => {
    const { ready, present, wanted } = world
    book.passes({
      at,
      lasts: Math.min(every, to - at),
      load,
      share: world.shareOf(load),
      ready,
      present,
      wanted,
    })
    at += every
    if (at < to) load = source.at(at)
  }
  const beat = time.schedule(function () {
    if (!world.leavesOut(load, at, at + every)) world.tell(load)
    goOn()
    // Time need not stop where nobody has to be told.
    while (at < to && world.leavesOut(load, at, at + every)) goOn()
    if (at < to) this.schedule(undefined, at - time.now())
  })
  time.advanceTo(to)
  beat.unsubscribe()
}
