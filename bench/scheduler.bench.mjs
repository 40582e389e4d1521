// Virtual time at five thousand live timers: how many events a second, beside RxJS's own virtual scheduler.
import { VirtualTimeScheduler } from 'rxjs'

import { VirtualScheduler } from '../dist/engine/index.js'
import { runs } from './support/children.mjs'
import { figure, report } from './support/figures.mjs'

const TIMERS = 5_000

/** Events a second of timers that each ask anew; `more` events in all. */
function eventsPerSecond(scheduler, more, run) {
  let left = more
  let seed = 1
  const delay = () => {
    seed = (seed * 48_271) % 0x7fffffff
    return 1 + (seed % 10_000)
  }
  const work = function () {
    left -= 1
    if (left > 0) this.schedule(undefined, delay())
  }
  for (let at = 0; at < TIMERS; at += 1) scheduler.schedule(work, delay())
  const begun = performance.now()
  run(() => left > 0)
  return more / ((performance.now() - begun) / 1_000)
}

const ours = []
const theirs = []
await runs(7, () => {
  const time = new VirtualScheduler()
  ours.push(
    eventsPerSecond(time, 2_000_000, (goesOn) => {
      while (goesOn() && time.runNext());
    }),
  )
})
await runs(3, () => {
  const time = new VirtualTimeScheduler()
  theirs.push(eventsPerSecond(time, 20_000, () => time.flush()))
})
report(
  {
    name: 'scheduler',
    store: 'none',
    durability: 'none',
    topology: `${TIMERS} live timers, each of which asks anew when it runs`,
    load: 'delays of 1 to 10,000 ms',
    boundary: 'one process, one thread',
  },
  [
    figure('events in virtual time', '/s', ours, { least: 2_000_000 }),
    figure("events of RxJS's own virtual scheduler", '/s', theirs),
  ],
)
