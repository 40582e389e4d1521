import { judge } from '../../expression/predicate.js'
import type { Predicate } from '../../spec/predicate.js'
import type { Change } from '../../store/store.js'
import type { Json, JsonObject } from '../../support/json.js'
import { partAt, withPart } from '../../workflow/paths.js'
import type { EffectAnswer, RunRecord, SensorWrite } from '../../workflow/run-record.js'

/** What a run that has ended tells its caller. */
export function answerOf({ state, output = null, error }: RunRecord): EffectAnswer {
  if (state === 'succeeded') return { kind: 'done', output }
  const message = error?.message ?? 'it was cancelled'
  return { kind: 'failed', failure: { cause: 'command-failed', retry: 'never', ...error?.failure, message } }
}

/** A sensor's value after a write, or why that is refused. What is required is required of the part that is written. */
export function written(
  known: Json | undefined,
  { path, value, require, base }: SensorWrite,
): { readonly value: Json | undefined } | { readonly error: string } {
  if (require !== undefined) {
    const part = partAt(known, path)
    const verdict = judge(require as unknown as Predicate, { kind: 'value', value: part })
    if (verdict.kind === 'failed') return { error: verdict.reason }
    if (!verdict.holds) return { error: `the sensor is ${JSON.stringify(part ?? null)}, and not as required` }
  }
  return withPart(known ?? base, path, value)
}

/** A record to be written. */
export function put(key: string, value: object): Change {
  return { kind: 'put', key, value: value as JsonObject }
}

/** A record as it is stored. */
export function json(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
