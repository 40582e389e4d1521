import { unreachable } from '../../engine/index.js'
import { amount, listOf, number, oneOf, positive, record, tagged, type Decode } from './decode.js'

/** How much a role has to do in all, over time; in requests for each second. Times in milliseconds. */
export type LoadModel =
  | { readonly kind: 'constant'; readonly value: number }
  | {
      /** From one value to another, and then it stays there. */
      readonly kind: 'ramp'
      readonly from: number
      readonly to: number
      readonly over: number
      /** @default 0 */
      readonly after?: number
    }
  | {
      /** A wave about a mean, lowest at the beginning. */
      readonly kind: 'diurnal'
      readonly mean: number
      readonly amplitude: number
      /** @default 86400000, one day */
      readonly period?: number
    }
  | {
      readonly kind: 'spikes'
      readonly base: number
      readonly height: number
      readonly every: number
      readonly width: number
    }
  | { /** All of these together. */ readonly kind: 'sum'; readonly of: readonly LoadModel[] }

/** The load of a role, and what it costs. */
export interface Load {
  readonly requests: LoadModel
  /** Cores that one request for each second keeps busy; a machine is never busier than its cores. @default 0.01 */
  readonly cost?: number
}

/** Requests for each second, so many milliseconds after the beginning; never below 0. */
export function loadAt(model: LoadModel, elapsed: number): number {
  return Math.max(0, valueAt(model, elapsed))
}

/** What one of `members` machines has to do, and how many of its cores are busy with it. */
export function shareOf(
  load: Load | undefined,
  elapsed: number,
  machine: { readonly members: number; readonly cores?: number },
): { readonly requests: number; readonly cpu: number } {
  if (load === undefined || machine.members === 0) return { requests: 0, cpu: 0 }
  const requests = loadAt(load.requests, elapsed) / machine.members
  return { requests, cpu: Math.min(machine.cores ?? 1, requests * (load.cost ?? 0.01)) }
}

/** Reads a load of a configuration. */
export const loadDecode: Decode<Load> = (value, at, faults) => LOAD(value, at, faults)

const MODEL: Decode<LoadModel> = tagged<LoadModel>('kind', {
  constant: record({ kind: oneOf(['constant']), value: amount }, ['value']),
  ramp: record({ kind: oneOf(['ramp']), from: amount, to: amount, over: positive, after: amount }, [
    'from',
    'to',
    'over',
  ]),
  diurnal: record({ kind: oneOf(['diurnal']), mean: amount, amplitude: number, period: positive }, [
    'mean',
    'amplitude',
  ]),
  spikes: record(
    { kind: oneOf(['spikes']), base: amount, height: amount, every: positive, width: positive },
    ['base', 'height', 'every', 'width'],
  ),
  sum: (value, at, faults) =>
    record<Extract<LoadModel, { kind: 'sum' }>>({ kind: oneOf(['sum']), of: listOf(MODEL) }, ['of'])(
      value,
      at,
      faults,
    ),
})

const LOAD: Decode<Load> = record<Load>({ requests: MODEL, cost: amount }, ['requests'])

function valueAt(model: LoadModel, elapsed: number): number {
  switch (model.kind) {
    case 'constant':
      return model.value
    case 'ramp': {
      const done = Math.min(1, Math.max(0, (elapsed - (model.after ?? 0)) / model.over))
      return model.from + (model.to - model.from) * done
    }
    case 'diurnal':
      return model.mean - model.amplitude * Math.cos((2 * Math.PI * elapsed) / (model.period ?? 86_400_000))
    case 'spikes':
      return elapsed % model.every < model.width ? model.height : model.base
    case 'sum':
      return model.of.reduce((total, part) => total + valueAt(part, elapsed), 0)
    default:
      return unreachable(model)
  }
}
