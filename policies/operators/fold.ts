import { concatMap, from, type OperatorFunction, type SchedulerLike } from 'rxjs'
import type { Intent, JsonObject, MemoryCell, Output, Reading, Step } from '../../engine/index.js'

/**
 * The one operator with memory: takes a pure step over the readings, one after the other. The memory is read from the
 * host's cell before each reading and written back after it, so nothing is kept in the stream itself and a stream may be
 * thrown away after any reading. Completes with the readings; what `step` throws errors the stream.
 */
export function fold<Memory extends JsonObject, Given extends Output = Intent>(
  cell: MemoryCell,
  step: Step<Memory, Given>,
  scheduler: SchedulerLike,
): OperatorFunction<Reading, Given> {
  return concatMap((reading) => {
    const turn = step(cell.read() as Memory, reading, scheduler.now())
    cell.write(turn.memory, turn.wakeAt)
    return from(turn.intents)
  })
}
