import { Subject } from 'rxjs'
import { expect, it } from 'vitest'
import { HostScheduler, type Intent, type JsonObject, type Reading } from '../../../engine/index.js'
import { fold } from '../../../policies/operators/fold.js'
import { sensorReading } from '../../support/policy-bench.js'

const hold = (reason: string): Intent => ({ kind: 'hold', rule: 'test', reason })

it('reads and writes the cell for each reading and keeps nothing of its own', () => {
  let kept: JsonObject = { seen: 0 }
  const wakes: (number | undefined)[] = []
  const cell = {
    read: () => kept,
    write: (memory: JsonObject, wakeAt: number | undefined) => {
      kept = memory
      wakes.push(wakeAt)
    },
  }
  const readings = new Subject<Reading>()
  const said: string[] = []
  let completed = false
  readings
    .pipe(
      fold<{ seen: number } & JsonObject>(
        cell,
        ({ seen }, _reading, now) => ({
          memory: { seen: seen + 1 },
          intents: [hold(`${seen} at ${now}`)],
          ...(seen === 0 ? { wakeAt: now + 5 } : {}),
        }),
        new HostScheduler(70),
      ),
    )
    .subscribe({
      next: (intent) => said.push(intent.reason),
      complete: () => {
        completed = true
      },
    })
  readings.next(sensorReading('web/1', 1, 1))
  kept = { seen: 10 }
  readings.next(sensorReading('web/1', 2, 2))
  readings.complete()
  expect(said).toEqual(['0 at 70', '10 at 70'])
  expect(kept).toEqual({ seen: 11 })
  expect(wakes).toEqual([75, undefined])
  expect(completed).toBe(true)
})
