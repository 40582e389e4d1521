import {
  type EntitySpec,
  type Expression,
  type OperationSpec,
  type SensorSource,
  type SourcePlace,
  unreachable,
} from '../../engine/index.js'
import type { Origins } from '../origins.js'
import { present } from '../resolve/present.js'

/**
 * When an expression of an entity must be known: before its machine is made, before it is launched, or at some time
 * while it runs.
 */
export type Need = 'made' | 'launched' | 'running'

/** One part of an expression that refers to something, with what it belongs to. */
export interface Use {
  readonly expression: Extract<Expression, { readonly kind: 'config' | 'sensor' | 'entity-id' }>
  readonly need: Need
  /** The config key that it is the value of, where it is. */
  readonly key?: string
  readonly place?: SourcePlace
}

/** Everything that the expressions of one entity refer to, in a fixed order. */
export function usesOf(entity: EntitySpec, origins: Origins): readonly Use[] {
  const found: Use[] = []
  const add = (expression: Expression | undefined, need: Need, key?: string): void => {
    if (expression !== undefined)
      collect(expression, { need, ...present({ key }) }, { found, origins, place: entity.place })
  }
  const addAll = (map: { readonly [name: string]: Expression }, need: Need): void => {
    for (const expression of Object.values(map)) add(expression, need)
  }
  for (const [key, expression] of Object.entries(entity.config)) add(expression, 'running', key)
  addMachine(entity, add, addAll)
  addSoftware(entity, add, addAll)
  for (const { source } of entity.sensors) add(expressionOfSource(source), 'running')
  for (const { command, parameters } of entity.effectors) {
    add(command, 'running')
    for (const parameter of parameters) add(parameter.default, 'running')
  }
  for (const policy of entity.policies) addAll(policy.config, 'running')
  add(entity.health?.http?.url, 'running')
  add(entity.health?.command, 'running')
  return found
}

function expressionOfSource(source: SensorSource): Expression | undefined {
  if (source.kind === 'http') return source.url
  if (source.kind === 'command') return source.command
  return source.kind === 'static' ? source.value : undefined
}

type Add = (expression: Expression | undefined, need: Need) => void
type AddAll = (map: { readonly [name: string]: Expression }, need: Need) => void

function addMachine(entity: EntitySpec, add: Add, addAll: AddAll): void {
  const { machine } = entity
  if (machine === undefined) return
  for (const expression of [machine.image, machine.offering, machine.command, machine.userData])
    add(expression, 'made')
  addAll(machine.environment, 'made')
}

function addSoftware(entity: EntitySpec, add: Add, addAll: AddAll): void {
  const { software } = entity
  if (software === undefined) return
  addAll(software.environment, 'launched')
  for (const file of software.files) add(file.content, 'launched')
  for (const phase of ['install', 'customize', 'launch', 'check', 'stop'] as const) {
    addOperation(software.phases[phase], phase === 'check' || phase === 'stop' ? 'running' : 'launched', {
      add,
      addAll,
    })
  }
  addOperation(software.reload, 'running', { add, addAll })
}

function addOperation(
  operation: OperationSpec | undefined,
  need: Need,
  to: { readonly add: Add; readonly addAll: AddAll },
): void {
  if (operation === undefined) return
  for (const expression of [operation.before, operation.command, operation.after]) to.add(expression, need)
  for (const file of operation.files) to.add(file.content, need)
  to.addAll(operation.environment, need)
}

interface Walk {
  readonly found: Use[]
  readonly origins: Origins
  readonly place: SourcePlace | undefined
}

function collect(expression: Expression, use: Pick<Use, 'need' | 'key'>, walk: Walk): void {
  const place = walk.origins.of(expression) ?? walk.place
  if (expression.kind === 'config' || expression.kind === 'sensor' || expression.kind === 'entity-id') {
    walk.found.push({ expression, ...use, ...present({ place }) })
    return
  }
  for (const part of partsOf(expression)) collect(part, use, { ...walk, place })
}

type Compound = Exclude<Expression, Use['expression']>

function partsOf(expression: Compound): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'secret':
      return []
    case 'list':
      return expression.items
    case 'map':
      return Object.values(expression.entries)
    case 'format':
      return expression.arguments
    case 'access':
      return [expression.of]
    case 'template':
      return Object.values(expression.bindings)
    default:
      return unreachable(expression)
  }
}
