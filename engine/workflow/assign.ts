import { typed } from '../expression/operators.js'
import type { VariablePath } from '../spec/step-action.js'
import type { Json } from '../support/json.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import { withPart } from './paths.js'
import type { Flow } from './run-record.js'
import { failing, keysOf, type Walk } from './walk.js'

/** Ends a step that gives nothing of its own. */
export function quiet({ block, owner }: Frame): Flow {
  return { kind: 'done', output: block.before?.output ?? owner.before?.output ?? null }
}

/** Where a value goes. */
export interface Assignment {
  readonly variable?: VariablePath
  readonly type?: string
}

/** A value is put into a variable, or is what comes out where none is named. */
export function assigned(
  walk: Walk,
  { variable, type }: Assignment,
  value: Parameters<typeof typed>[1],
  frame: Frame,
): Flow {
  const made = type === undefined ? { kind: 'ready' as const, value } : typed(type, value)
  if (made.kind !== 'ready')
    return failing(runError(made.kind === 'failed' ? made.reason : 'it is not known'))
  const output = walk.world.keep(made.value)
  if (variable === undefined) return { kind: 'done', output }
  return changed(walk, variable, { value: output }, frame)
}

/** A variable gets a value, or loses it. */
export function changed(
  walk: Walk,
  { name, path }: VariablePath,
  { value }: { readonly value: Json | undefined },
  frame: Frame,
): Flow {
  const keys = keysOf(walk, path, frame)
  if ('flow' in keys) return keys.flow
  const made = withPart(frame.scope.variables, [name, ...keys.value], value)
  if ('error' in made) return failing(runError(made.error))
  frame.scope.variables = { ...(made.value as { readonly [name: string]: Json }) }
  return quiet(frame)
}
