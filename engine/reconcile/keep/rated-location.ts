import type { CallOptions, Location } from '../../ports/location.js'
import type { Clock } from '../../support/clock.js'
import { Failure } from '../../support/failure.js'
import { TokenBucket, type Rate } from '../../support/token-bucket.js'

/**
 * A location whose calls keep to the rate that it names, whoever makes them: those that come too early wait their turn,
 * first come, first served. Who aborts while waiting leaves the queue: the call is not made, and rejects with a Failure.
 * The location itself where it names none.
 */
export function rated(location: Location, clock: Clock): Location {
  const { rate } = location.capabilities
  if (rate === undefined) return location
  const turn = turnsAt(rate, clock)
  const { name, kind, capabilities } = location
  const fence = location.fence?.bind(location)
  const printed = location.printed?.bind(location)
  return {
    name,
    kind,
    capabilities,
    ...(fence === undefined ? {} : { fence: (...given) => turn(given).then(() => fence(...given)) }),
    ...(printed === undefined ? {} : { printed: (...given) => turn(given).then(() => printed(...given)) }),
    ensure: (...given) => turn(given).then(() => location.ensure(...given)),
    observe: (...given) => turn(given).then(() => location.observe(...given)),
    start: (...given) => turn(given).then(() => location.start(...given)),
    stop: (...given) => turn(given).then(() => location.stop(...given)),
    destroy: (...given) => turn(given).then(() => location.destroy(...given)),
    listOwned: (...given) => turn(given).then(() => location.listOwned(...given)),
    run: (...given) => turn(given).then(() => location.run(...given)),
    endRun: (...given) => turn(given).then(() => location.endRun(...given)),
    output: (...given) => turn(given).then(() => location.output(...given)),
    exec: (...given) => turn(given).then(() => location.exec(...given)),
    copy: (...given) => turn(given).then(() => location.copy(...given)),
    logs: (...given) => turn(given).then(() => location.logs(...given)),
    metrics: (...given) => turn(given).then(() => location.metrics(...given)),
    capacity: (...given) => turn(given).then(() => location.capacity(...given)),
    test: (...given) => turn(given).then(() => location.test(...given)),
    watch: () => location.watch(),
    close: () => location.close(),
  }
}

/** Resolves when it is the turn of a call, by its arguments, the last of which are its options. */
function turnsAt(rate: Rate, clock: Clock): (given: readonly unknown[]) => Promise<void> {
  const bucket = new TokenBucket(rate, clock.now())
  const turnAfter = async (before: Promise<unknown>, signal: AbortSignal): Promise<void> => {
    const aborted = new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true })
    })
    await Promise.race([before, aborted])
    while (!signal.aborted) {
      const answer = bucket.take(clock.now())
      if (answer.kind === 'taken') return
      const due = new Promise<void>((resolve) => clock.schedule(answer.until - clock.now(), resolve))
      await Promise.race([due, aborted])
    }
    throw new Failure({ cause: 'timeout', retry: 'soon', message: 'given up before its turn came' })
  }
  let last: Promise<unknown> = Promise.resolve()
  return (given) => {
    const { signal } = given.at(-1) as CallOptions
    const mine = turnAfter(last, signal)
    last = Promise.allSettled([last, mine])
    return mine
  }
}
