import type {
  EntityReference,
  EntitySpec,
  Expression,
  OperationSpec,
  SensorSource,
  SourcePlace,
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
  readonly expression: Extract<Expression, { readonly kind: 'config' | 'sensor' | 'entity-id' | 'location' }>
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
  addConfig(entity, add)
  addMachine(entity, add, addAll)
  addSoftware(entity, add, addAll)
  addGroup(entity, add)
  for (const { condition, stage } of entity.gates ?? [])
    add(condition, stage === 'stop' ? 'running' : stage === 'make' ? 'made' : 'launched')
  addSensors(entity, add, { found, origins, place: entity.place })
  addEffectors(entity, add, addAll)
  for (const policy of entity.policies) addAll(policy.config, 'running')
  add(entity.health?.http?.url, 'running')
  add(entity.health?.command, 'running')
  return found
}

function addGroup({ group, conditional = [] }: EntitySpec, add: Add): void {
  for (const { when } of conditional) add(when, 'running')
  if (group === undefined) return
  const { chosen = [], filter, within } = group
  for (const one of chosen) add(one, 'running')
  if (filter?.kind === 'asked') add(filter.of, 'running')
  if (within !== undefined) add({ kind: 'entity-id', of: within }, 'running')
}

function addSensors({ sensors }: EntitySpec, add: Add, walk: Walk): void {
  for (const { source, sampling } of sensors) {
    for (const expression of expressionsOfSource(source)) add(expression, 'running')
    if (sampling?.condition?.kind === 'asked') add(sampling.condition.of, 'running')
    for (const trigger of sampling?.triggers ?? []) {
      const expression: Expression = { kind: 'sensor', ...trigger, whenReady: false }
      const place = walk.origins.of(trigger) ?? walk.place
      collect(expression, { need: 'running' }, { ...walk, place })
    }
  }
}

function addEffectors({ effectors }: EntitySpec, add: Add, addAll: AddAll): void {
  for (const { command, parameters, environment = {} } of effectors) {
    add(command, 'running')
    addAll(environment, 'running')
    for (const parameter of parameters) add(parameter.default, 'running')
  }
}

function expressionsOfSource(source: SensorSource): readonly Expression[] {
  if (source.kind === 'http') {
    const { url, login, headers = {} } = source
    return [url, ...(login === undefined ? [] : [login.user, login.password]), ...Object.values(headers)]
  }
  if (source.kind === 'reach') return source.address === undefined ? [] : [source.address]
  if (source.kind === 'command') return [source.command, ...Object.values(source.environment ?? {})]
  return source.kind === 'static' ? [source.value] : []
}

type Add = (expression: Expression | undefined, need: Need) => void
type AddAll = (map: { readonly [name: string]: Expression }, need: Need) => void

/** The config, and the defaults of what has none. */
function addConfig(
  { config, parameters }: EntitySpec,
  add: (expression: Expression | undefined, need: Need, key: string) => void,
): void {
  for (const [key, expression] of Object.entries(config)) add(expression, 'running', key)
  for (const { name, default: value } of parameters)
    if (!Object.hasOwn(config, name)) add(value, 'running', name)
}

function addMachine(entity: EntitySpec, add: Add, addAll: AddAll): void {
  const { machine } = entity
  if (machine === undefined) return
  for (const expression of [machine.image, machine.offering, machine.command, machine.userData])
    add(expression, 'made')
  for (const { wanted } of machine.ports) add(wanted, 'made')
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
  if (isUse(expression)) walk.found.push({ expression, ...use, ...present({ place }) })
  for (const part of partsOf(expression)) collect(part, use, { ...walk, place })
}

/** What an expression of config refers to, wherever that is evaluated. */
export function usesWithin(expression: Expression, origins: Origins): readonly Use['expression'][] {
  const found: Use[] = []
  collect(expression, { need: 'running' }, { found, origins, place: undefined })
  return found.map((use) => use.expression)
}

type Kind = Expression['kind']

const USES: ReadonlySet<Kind> = new Set<Use['expression']['kind']>([
  'config',
  'sensor',
  'entity-id',
  'location',
])

function isUse(expression: Expression): expression is Use['expression'] {
  return USES.has(expression.kind)
}

function partsOf(expression: Expression): readonly Expression[] {
  return PARTS[expression.kind](expression as never)
}

/** What each kind of expression is made of. */
const PARTS: {
  readonly [kind in Kind]: (expression: Extract<Expression, { readonly kind: kind }>) => readonly Expression[]
} = {
  literal: () => [],
  secret: () => [],
  external: () => [],
  list: ({ items }) => items,
  map: ({ entries }) => Object.values(entries),
  format: (format) => format.arguments,
  apply: (call) => call.arguments,
  access: ({ of }) => [of],
  template: ({ bindings }) => Object.values(bindings),
  config: ({ of, key }) => [...named(key), ...partsOfReference(of)],
  sensor: ({ of, sensor }) => [...named(sensor), ...partsOfReference(of)],
  location: ({ of, index }) => [...named(index), ...partsOfReference(of)],
  'entity-id': ({ of }) => partsOfReference(of),
  variable: ({ path }) => path.flatMap(named),
  arithmetic: ({ left, right }) => [left, right],
  compare: ({ left, right }) => [left, right],
  logic: ({ of }) => of,
  choose: (choice) => [choice.by, choice.then, choice.else],
  'first-known': ({ of }) => of,
  typed: ({ value }) => [value],
}

function named(name: string | number | Expression): readonly Expression[] {
  return typeof name === 'object' ? [name] : []
}

function partsOfReference(reference: EntityReference): readonly Expression[] {
  if (reference.scope === 'value') return [reference.of]
  const id = 'id' in reference ? named(reference.id) : []
  return reference.from === undefined ? id : [...id, ...partsOfReference(reference.from)]
}
