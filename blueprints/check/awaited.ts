import type { Expression } from '../../engine/index.js'
import type { CheckContext } from './context.js'
import { usesWithin } from './expressions.js'
import { declarerOf, toldText } from './find-entity.js'
import type { Place } from './landscape.js'

/** A sensor that an expression cannot be known without. */
export interface Awaited {
  readonly target: Place
  readonly sensor: string
  readonly whenReady: boolean
}

/** The sensors that one use of an expression waits for: its own, or those of the config that it refers to, however far. */
export function sensorsAwaited(
  expression: Expression,
  from: Place,
  context: CheckContext,
): readonly Awaited[] {
  const found: Awaited[] = []
  follow(expression, from, { context, found, seen: new Set() })
  return found
}

interface Walk {
  readonly context: CheckContext
  readonly found: Awaited[]
  /** Config values that were gone through, by place. */
  readonly seen: Set<Expression>
}

function follow(expression: Expression, from: Place, walk: Walk): void {
  const { landscape } = walk.context
  if (expression.kind !== 'sensor' && expression.kind !== 'config') return
  const target = landscape.resolve(expression.of, from)
  const name = toldText(expression.kind === 'sensor' ? expression.sensor : expression.key, from, landscape)
  if (target === undefined || name === undefined) return
  if (expression.kind === 'config') followConfig(target, name, walk)
  else walk.found.push({ target, sensor: name, whenReady: expression.whenReady })
}

function followConfig(target: Place, key: string, walk: Walk): void {
  const declarer = declarerOf(target, key)
  const value = declarer?.spec.config[key]
  if (declarer === undefined || value === undefined || walk.seen.has(value)) return
  walk.seen.add(value)
  for (const inner of usesWithin(value, walk.context.origins)) follow(inner, declarer, walk)
}
