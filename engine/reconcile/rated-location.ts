import type { Location } from '../ports/location.js'
import type { Clock } from '../support/clock.js'
import { TokenBucket } from '../support/token-bucket.js'

/**
 * A location whose calls keep to the rate that it names, whoever makes them: those that come too early wait their turn,
 * first come, first served. The location itself where it names none.
 */
export function rated(location: Location, clock: Clock): Location {
  const { rate } = location.capabilities
  if (rate === undefined) return location
  const bucket = new TokenBucket(rate, clock.now())
  let last = Promise.resolve()
  const token = async (): Promise<void> => {
    for (let answer = bucket.take(clock.now()); answer.kind === 'wait'; answer = bucket.take(clock.now())) {
      const { until } = answer
      await new Promise<void>((resolve) => clock.schedule(until - clock.now(), resolve))
    }
  }
  const turn = (): Promise<void> => (last = last.then(token))
  const { name, kind, capabilities } = location
  return {
    name,
    kind,
    capabilities,
    ensure: (...given) => turn().then(() => location.ensure(...given)),
    observe: (...given) => turn().then(() => location.observe(...given)),
    start: (...given) => turn().then(() => location.start(...given)),
    stop: (...given) => turn().then(() => location.stop(...given)),
    destroy: (...given) => turn().then(() => location.destroy(...given)),
    listOwned: (...given) => turn().then(() => location.listOwned(...given)),
    run: (...given) => turn().then(() => location.run(...given)),
    endRun: (...given) => turn().then(() => location.endRun(...given)),
    output: (...given) => turn().then(() => location.output(...given)),
    exec: (...given) => turn().then(() => location.exec(...given)),
    copy: (...given) => turn().then(() => location.copy(...given)),
    logs: (...given) => turn().then(() => location.logs(...given)),
    metrics: (...given) => turn().then(() => location.metrics(...given)),
    capacity: (...given) => turn().then(() => location.capacity(...given)),
    test: (...given) => turn().then(() => location.test(...given)),
    watch: () => location.watch(),
    close: () => location.close(),
  }
}
