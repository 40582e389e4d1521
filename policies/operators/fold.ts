import { concatMap, from, type OperatorFunction, type SchedulerLike, toArray } from 'rxjs'
import type { Intent, JsonObject, MemoryCell, Output, Reading, Step, Turn } from '../../engine/index.js'

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

/** What a policy does with what it is told at once: takes all of it in, and decides by the last when all is known. */
export interface StepAtOnce<Memory extends JsonObject, Given extends Output = Intent> {
  /** Takes a reading in; gives what is to be said of it alone. */
  note(memory: Memory, reading: Reading, now: number): Omit<Turn<Memory, Given>, 'wakeAt'>
  readonly step: Step<Memory, Given>
}

/**
 * `fold` for policies that judge all that they look after together: what is told in one turn is decided about once, so that nothing is
 * done about a moment in which half of it was known.
 */
export function foldAtOnce<Memory extends JsonObject, Given extends Output = Intent>(
  cell: MemoryCell,
  how: StepAtOnce<Memory, Given>,
  scheduler: SchedulerLike,
): OperatorFunction<Reading, Given> {
  return (readings$) =>
    readings$.pipe(
      toArray(),
      concatMap((readings) => from(decidedAtOnce(cell, how, readings, scheduler.now()))),
    )
}

function decidedAtOnce<Memory extends JsonObject, Given extends Output>(
  cell: MemoryCell,
  how: StepAtOnce<Memory, Given>,
  readings: readonly Reading[],
  now: number,
): readonly Given[] {
  const last = readings.at(-1)
  if (last === undefined) return []
  let memory = cell.read() as Memory
  const said: Given[] = []
  for (const reading of readings.slice(0, -1)) {
    const noted = how.note(memory, reading, now)
    memory = noted.memory
    said.push(...noted.intents)
  }
  const turn = how.step(memory, last, now)
  cell.write(turn.memory, turn.wakeAt)
  return [...said, ...turn.intents]
}
