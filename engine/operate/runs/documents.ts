import { plain, secretIn } from '../../expression/value.js'
import { NO_COMPILER, type CompileWish } from '../../ports/compiler.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import { Failure, type FailureCause } from '../../support/failure.js'
import type { Json } from '../../support/json.js'
import type { EffectAnswer, RunRecord } from '../../workflow/run-record.js'
import type { By } from '../changes/desire.js'
import type { Desired, KeptApplication, KeptPorts } from '../kept-application.js'
import { openedValue } from './world.js'

/** It is so, and there is nothing to tell. */
export const DONE: EffectAnswer = { kind: 'done', output: null }

/** What a blueprint stands for where an application runs. @throws Failure where it cannot be that */
export async function compiledFor(
  application: KeptApplication,
  { compiler = NO_COMPILER, places, seal }: KeptPorts,
  wish: Pick<CompileWish, 'what' | 'within'>,
  blueprint: Json,
): Promise<ApplicationSpec> {
  const value = openedValue(blueprint, seal)
  const secret = secretIn(value)
  if (secret !== undefined)
    refuse(
      'invalid',
      `a blueprint cannot hold the secret ${secret.name}: have it ask for that with an expression`,
    )
  const { tenant } = application.landscape.desired
  const locations = places.all().map(({ record }) => record.name)
  const compiled = await compiler.compile({ ...wish, blueprint: plain(value), tenant, locations })
  return compiled.kind === 'compiled' ? compiled.spec : refuse('invalid', compiled.reason)
}

/** By whom a run changes what there is. */
export function byRun(run: RunRecord, does: string, now: number): By {
  return { name: run.by, reason: `the workflow ${run.name} ${does}`, now }
}

/** That it is done; undefined where that is not known. @throws Failure where it is refused */
export function doneIf(desired: Desired): EffectAnswer | undefined {
  return isDone(desired) ? DONE : undefined
}

/** Whether it is so now; false where that is not known. @throws Failure where it is refused */
export function isDone(desired: Desired): boolean {
  if (desired.kind === 'invalid' || desired.kind === 'quota')
    refuse(desired.kind === 'quota' ? 'quota' : 'invalid', desired.reason)
  return desired.kind === 'changed' || desired.kind === 'same'
}

/** Says why something is not done, for good. @throws Failure always */
export function refuse(cause: FailureCause, message: string): never {
  throw new Failure({ cause, retry: 'never', message })
}
