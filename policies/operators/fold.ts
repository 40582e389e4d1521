import { concatMap, from, type OperatorFunction, type SchedulerLike, toArray } from 'rxjs'
import type {
  AttachedPolicy,
  Calm,
  Intent,
  JsonObject,
  MemoryCell,
  Output,
  Reading,
  Step,
  Turn,
} from '../../engine/index.js'

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

/** What a policy does with what it is told at once: takes all of it in, and decides when all is known. */
export interface StepAtOnce<Memory extends JsonObject, Given extends Output = Intent> {
  /** Takes readings in; gives what is to be said of them alone. */
  note(memory: Memory, readings: readonly Reading[], now: number): Omit<Turn<Memory, Given>, 'wakeAt'>
  decide(memory: Memory, now: number): Turn<Memory, Given>
  /** See DirectPolicy. */
  readonly calm?: (memory: Memory, sensor: string) => Calm | undefined
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
      concatMap((readings) => {
        if (readings.length === 0) return []
        const turn = decidedAtOnce(how, cell.read() as Memory, readings, scheduler.now())
        cell.write(turn.memory, turn.wakeAt)
        return from(turn.intents)
      }),
    )
}

/** How a policy acts: as a stream, and as a function that does the same. */
export type Acting = Required<Pick<AttachedPolicy, 'pipeline' | 'direct'>>

/** Acts by a step over each reading. */
export function stepwise<Memory extends JsonObject, Given extends Output = Intent>(
  step: Step<Memory, Given>,
): Acting {
  return {
    pipeline: (cell) => (readings$, scheduler) => readings$.pipe(fold(cell, step, scheduler)),
    direct: { decide: (memory, readings, now) => decidedInTurn(step, memory as Memory, readings, now) },
  }
}

/** Acts by a decision about all readings of a turn. */
export function atOnce<Memory extends JsonObject, Given extends Output = Intent>(
  how: StepAtOnce<Memory, Given>,
): Acting {
  const { calm } = how
  return {
    pipeline: (cell) => (readings$, scheduler) => readings$.pipe(foldAtOnce(cell, how, scheduler)),
    direct: {
      decide: (memory, readings, now) => decidedAtOnce(how, memory as Memory, readings, now),
      ...(calm === undefined ? {} : { calm: (memory, sensor) => calm(memory as Memory, sensor) }),
    },
  }
}

function decidedInTurn<Memory extends JsonObject, Given extends Output>(
  step: Step<Memory, Given>,
  memory: Memory,
  readings: readonly Reading[],
  now: number,
): Turn<Memory, Given> {
  let turn: Turn<Memory, Given> = { memory, intents: [] }
  const said: Given[] = []
  for (const reading of readings) {
    turn = step(turn.memory, reading, now)
    said.push(...turn.intents)
  }
  return { ...turn, intents: said }
}

function decidedAtOnce<Memory extends JsonObject, Given extends Output>(
  how: StepAtOnce<Memory, Given>,
  memory: Memory,
  readings: readonly Reading[],
  now: number,
): Turn<Memory, Given> {
  const noted = how.note(memory, readings, now)
  const turn = how.decide(noted.memory, now)
  return noted.intents.length === 0 ? turn : { ...turn, intents: [...noted.intents, ...turn.intents] }
}
