import type {
  EntityReference,
  Expression,
  NamedScope,
  OperatorExpression,
  SensorExpression,
  ConfigExpression,
  VariableExpression,
  VariableSource,
} from '../spec/expression.js'
import type { Json } from '../support/json.js'
import { unreachable } from '../support/invariant.js'
import { Secret, type Seal, type SealedSecret } from '../support/secret.js'
import { formatted } from './format.js'
import { lackOf } from './lack.js'
import { collect, failed, given, ready, andThen, type Evaluation, type WaitLimit } from './evaluation.js'
import { applied, memberOf } from './functions.js'
import { operated } from './operators.js'
import { EntityValue, type Value, isReady, madeOf, mergedOver, revealed, text } from './value.js'

/** One step from an entity to others. 'path' is the entity of that path, or else the nearest one of that id. */
export type EntityStep =
  | { readonly scope: 'self' | 'parent' | 'root' }
  | { readonly scope: NamedScope | 'path'; readonly id: string }

/** What a supplier of configuration answers. */
export type ExternalAnswer =
  | { readonly kind: 'found'; readonly clear: string }
  | {
      /** In words that do not tell any value. */ readonly kind: 'failed'
      readonly reason: string
    }
  | {
      /** Asked somebody far away, who has not answered yet or not well. */ readonly kind: 'asked'
      readonly reason: string
    }

/** What an expression can see: a snapshot of the tree. Implementations note what was read, so that changes can wake. */
export interface Snapshot {
  /** Concrete paths that a step means, nearest first; empty when nothing matches. */
  resolve(step: EntityStep, from: string): readonly string[]
  /**
   * The config value as declared, nearest first, with the entity that declares it: several where maps are put together, none
   * when nobody declares any.
   */
  config(
    path: string,
    key: string,
  ): readonly { readonly expression: Expression; readonly declaredBy: string }[]
  /** Last value of a sensor; undefined when there is none. */
  sensor(path: string, sensor: string): Value | undefined
  /** Names of the places of an entity: where it is, or else where it may be put. */
  locations(path: string): readonly string[]
  render(
    text: string,
    values: { readonly [name: string]: Json },
  ): { readonly text: string } | { readonly error: string }
  /** What people call an entity. */
  nameOf(path: string): string
  external(provider: string, key: string): ExternalAnswer
  /** A value of the workflow that is being done; absent outside of one. */
  readonly variable?: VariableReader | undefined
}

/** Milliseconds after which one who has been asked for external configuration should have answered. */
const ASKED_AGAIN = 2_000

/** Gives a value of a workflow that is being done, or in words why there is none. */
export type VariableReader = (
  of: VariableSource,
  path: readonly (string | number)[],
) => { readonly value: Value } | { readonly error: string }

export { allWaits } from './evaluation.js'
export type { Evaluation } from './evaluation.js'

/** Evaluates an expression declared by the entity at `path`. Sealed secrets are opened with `seal`. */
export function evaluate(expression: Expression, path: string, snapshot: Snapshot, seal: Seal): Evaluation {
  return new Evaluator(snapshot, seal).value(expression, path)
}

/** Expressions that ask somebody, and not only others. */
type Asking = Extract<
  Expression,
  { readonly kind: 'config' | 'sensor' | 'entity-id' | 'location' | 'external' | 'variable' }
>

/** Expressions that are made of others. */
type Composed = Exclude<Expression, Asking | OperatorExpression | { readonly kind: 'literal' | 'secret' }>

const ASKING: ReadonlySet<string> = new Set<Asking['kind']>([
  ...(['config', 'sensor', 'entity-id', 'location', 'external', 'variable'] as const),
])

const OPERATORS: ReadonlySet<string> = new Set<OperatorExpression['kind']>([
  ...(['arithmetic', 'compare', 'logic', 'choose', 'first-known', 'typed'] as const),
])

function isAsking(expression: Expression): expression is Asking {
  return ASKING.has(expression.kind)
}

function isOperator(expression: Expression): expression is OperatorExpression {
  return OPERATORS.has(expression.kind)
}

class Evaluator {
  readonly #snapshot: Snapshot
  readonly #seal: Seal
  readonly #open = new Set<string>()

  constructor(snapshot: Snapshot, seal: Seal) {
    this.#snapshot = snapshot
    this.#seal = seal
  }

  value(expression: Expression, path: string): Evaluation {
    if (expression.kind === 'literal') return ready(expression.value)
    if (expression.kind === 'secret') return this.#secret(expression)
    if (isAsking(expression)) return this.#asked(expression, path)
    if (isOperator(expression)) return operated(expression, (operand) => this.value(operand, path))
    return this.#composed(expression, path)
  }

  #asked(expression: Asking, path: string): Evaluation {
    switch (expression.kind) {
      case 'config':
        return this.#named(expression.key, path, (key) =>
          this.#at(expression.of, path, (target) => this.#setting(target, key, expression)),
        )
      case 'sensor':
        return this.#named(expression.sensor, path, (sensor) =>
          this.#at(expression.of, path, (target) => this.#sensor(target, sensor, expression)),
        )
      case 'entity-id':
        return this.#at(expression.of, path, (target) =>
          ready(expression.as === 'name' ? this.#snapshot.nameOf(target) : new EntityValue(target)),
        )
      case 'location':
        return this.#named(expression.index, path, (index) =>
          this.#at(expression.of, path, (target) => this.#location(target, Number(index))),
        )
      case 'external':
        return this.#external(expression.provider, expression.key)
      case 'variable':
        return this.#variable(expression, path)
      default:
        return unreachable(expression)
    }
  }

  #composed(expression: Composed, path: string): Evaluation {
    switch (expression.kind) {
      case 'list':
        return this.#all(expression.items, path, (values) => ready(values))
      case 'map':
        return this.#entries(expression.entries, path, (values) => ready(values))
      case 'format':
        return this.#all(expression.arguments, path, (values) => given(formatted(expression.pattern, values)))
      case 'access':
        return andThen(this.value(expression.of, path), (value) => given(memberOf(value, expression.key)))
      case 'apply':
        return this.#all(expression.arguments, path, (values) => given(applied(expression.function, values)))
      case 'template':
        return this.#entries(expression.bindings, path, (values) => this.#render(expression.text, values))
      default:
        return unreachable(expression)
    }
  }

  #secret(sealed: SealedSecret): Evaluation {
    return ready(this.#seal.open(sealed))
  }

  #variable({ of, path: steps }: VariableExpression, path: string): Evaluation {
    const { variable } = this.#snapshot
    if (variable === undefined) return failed('a variable has a value only while a workflow is done')
    const keys = steps.map((step) => (typeof step === 'object' ? this.value(step, path) : ready(step)))
    return collect(keys, (found) => {
      const names = found.map((key) => (typeof key === 'number' ? key : text(key)))
      const secret = names.find((name) => name instanceof Secret)
      if (secret !== undefined) return failed(`the secret ${secret.name} cannot be a name`)
      return given(variable(of, names as readonly (string | number)[]))
    })
  }

  /** Sealed and opened at once: so it has a fingerprint, and is never stored. */
  #external(provider: string, key: string): Evaluation {
    const answer = this.#snapshot.external(provider, key)
    if (answer.kind === 'failed') return failed(answer.reason)
    if (answer.kind === 'asked') {
      const limit = { key: `external ${provider}`, on: answer.reason, within: ASKED_AGAIN }
      return { kind: 'waiting', on: [answer.reason], limits: [limit] }
    }
    return ready(this.#seal.open(this.#seal.seal(`${provider}: ${key}`, answer.clear)))
  }

  /** A name that may have to be found out first. */
  #named(name: string | number | Expression, path: string, use: (name: string) => Evaluation): Evaluation {
    if (typeof name !== 'object') return use(String(name))
    return andThen(this.value(name, path), (value) => {
      const found = text(value)
      return found instanceof Secret ? failed(`the secret ${found.name} cannot be a name`) : use(found)
    })
  }

  /** What is true of the entity that a reference means. */
  #at(reference: EntityReference, path: string, use: (target: string) => Evaluation): Evaluation {
    if (reference.scope === 'value')
      return andThen(this.value(reference.of, path), (value) => this.#entityOf(value, path, use))
    const { from } = reference
    if (from === undefined) return this.#step(reference, path, path, use)
    return this.#at(from, path, (start) => this.#step(reference, start, path, use))
  }

  /** One step from `start`; what it needs to be known is known where it is declared. */
  #step(
    reference: Exclude<EntityReference, { readonly scope: 'value' }>,
    start: string,
    declared: string,
    use: (target: string) => Evaluation,
  ): Evaluation {
    if (!('id' in reference)) return this.#nearest({ scope: reference.scope }, start, use)
    const { scope, id } = reference
    if (typeof id === 'string') return this.#nearest({ scope, id }, start, use)
    return andThen(this.value(id, declared), (value) =>
      value instanceof EntityValue ? use(value.path) : this.#byText(scope, value, start, use),
    )
  }

  #byText(
    scope: NamedScope | 'path',
    value: Value,
    start: string,
    use: (target: string) => Evaluation,
  ): Evaluation {
    const id = text(value)
    if (id instanceof Secret) return failed(`the secret ${id.name} cannot be the id of an entity`)
    return this.#nearest({ scope, id }, start, use)
  }

  #entityOf(value: Value, path: string, use: (target: string) => Evaluation): Evaluation {
    if (value instanceof EntityValue) return use(value.path)
    if (typeof value === 'string' && value !== '') return this.#byText('path', value, path, use)
    return failed(`${JSON.stringify(value)} is no entity`)
  }

  #nearest(step: EntityStep, start: string, use: (target: string) => Evaluation): Evaluation {
    const [target] = this.#snapshot.resolve(step, start)
    if (target === undefined) return { kind: 'waiting', on: [`no entity ${describe(step)} yet`] }
    return use(target)
  }

  #setting(path: string, key: string, { atOnce = false }: ConfigExpression): Evaluation {
    const value = this.#config(path, key)
    const isMissing = atOnce && value.kind === 'ready' && value.value === null
    return isMissing ? failed(`${nameOf(path)} has no config ${key}`) : value
  }

  #config(path: string, key: string): Evaluation {
    const layers = this.#snapshot.config(path, key)
    if (layers.length === 0) return ready(null)
    const values = layers.map(({ expression, declaredBy }) => {
      const guard = `${declaredBy} ${key}`
      if (this.#open.has(guard)) return failed(`config ${key} of ${declaredBy} refers to itself`)
      this.#open.add(guard)
      const value = this.value(expression, declaredBy)
      this.#open.delete(guard)
      return value
    })
    return collect(values, (found) =>
      ready(found.reduceRight((above, nearest) => mergedOver(above, nearest))),
    )
  }

  #sensor(path: string, sensor: string, expression: SensorExpression): Evaluation {
    const value = this.#snapshot.sensor(path, sensor)
    if (value !== undefined && (!expression.whenReady || isReady(value))) return ready(value)
    const who = nameOf(path)
    if (expression.abortOnFire === true && this.#snapshot.sensor(path, 'service.state') === 'failed')
      return failed(`${who} has failed, so sensor ${sensor} is not waited for`)
    if (expression.atOnce === true) return failed(`${who} has no sensor ${sensor}`)
    const on = `${who}: sensor ${sensor} ${lackOf(value)}`
    const limits = this.#limits(path, sensor, expression).map((limit) => ({ ...limit, on }))
    return limits.length === 0 ? { kind: 'waiting', on: [on] } : { kind: 'waiting', on: [on], limits }
  }

  /** What ends a wait for a sensor; the one for an entity that is not up counts anew when it was up. */
  #limits(
    path: string,
    sensor: string,
    { timeout, timeoutIfDown }: SensorExpression,
  ): readonly Omit<WaitLimit, 'on'>[] {
    const key = `${path} ${sensor}`
    const always = timeout === undefined ? [] : [{ key, within: timeout }]
    if (timeoutIfDown === undefined || this.#snapshot.sensor(path, 'service.isUp') === true) return always
    return [...always, { key: `${key} down`, within: timeoutIfDown }]
  }

  #location(path: string, index: number): Evaluation {
    const locations = this.#snapshot.locations(path)
    const found = Number.isSafeInteger(index) ? locations[index] : undefined
    if (found !== undefined) return ready(found)
    if (locations.length === 0) return { kind: 'waiting', on: [`${nameOf(path)}: a location`] }
    return failed(`${nameOf(path)} has ${locations.length} locations, and none at ${index}`)
  }

  #render(template: string, values: { readonly [name: string]: Value }): Evaluation {
    const clear = Object.entries(values).map(([name, value]) => [name, revealed(value)] as const)
    const rendered = this.#snapshot.render(template, Object.fromEntries(clear))
    if ('error' in rendered) return failed(rendered.error)
    return ready(madeOf(Object.values(values), 'rendered text', rendered.text))
  }

  #all(
    items: readonly Expression[],
    path: string,
    use: (values: readonly Value[]) => Evaluation,
  ): Evaluation {
    const values = items.map((item) => this.value(item, path))
    return collect(values, use)
  }

  #entries(
    entries: { readonly [key: string]: Expression },
    path: string,
    use: (values: { readonly [key: string]: Value }) => Evaluation,
  ): Evaluation {
    const keys = Object.keys(entries)
    const values = Object.values(entries).map((entry) => this.value(entry, path))
    return collect(values, (found) =>
      use(Object.fromEntries(keys.map((key, at) => [key, found[at] ?? null]))),
    )
  }
}

function nameOf(path: string): string {
  return path === '' ? 'the application' : path
}

function describe(step: EntityStep): string {
  return 'id' in step ? `${step.scope} "${step.id}"` : step.scope
}
