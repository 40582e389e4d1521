import type { EntityReference, Expression } from '../spec/expression.js'
import type { Json } from '../support/json.js'
import { unreachable } from '../support/invariant.js'
import { Secret, type Seal, type SealedSecret } from '../support/secret.js'

/** What an expression can see: a snapshot of the tree. Implementations note what was read, so that changes can wake. */
export interface Snapshot {
  /** Concrete paths that a reference means, nearest first; empty when nothing matches. */
  resolve(reference: EntityReference, from: string): readonly string[]
  /** The config value as declared, and the entity that declares it; undefined when nobody does. */
  config(
    path: string,
    key: string,
  ): { readonly expression: Expression; readonly declaredBy: string } | undefined
  /** Last value of a sensor; undefined when there is none. */
  sensor(path: string, sensor: string): Json | undefined
  render(
    text: string,
    values: { readonly [name: string]: Json },
  ): { readonly text: string } | { readonly error: string }
}

/** A value that may hold secrets inside; only `plain` and `revealed` take them out. */
export type Value = Json | Secret | readonly Value[] | { readonly [key: string]: Value }

/** Exactly one of three. Nothing ever blocks. */
export type Evaluation =
  | { readonly kind: 'ready'; readonly value: Value }
  | {
      /** Who lacks what, in words: "web: sensor endpoint". */ readonly kind: 'waiting'
      readonly on: readonly string[]
    }
  | { readonly kind: 'failed'; readonly reason: string }

/** Evaluates an expression declared by the entity at `path`. Sealed secrets are opened with `seal`. */
export function evaluate(expression: Expression, path: string, snapshot: Snapshot, seal: Seal): Evaluation {
  return new Evaluator(snapshot, seal).value(expression, path)
}

/** The value with each secret as its name: for showing, comparing and storing. */
export function plain(value: Value): Json {
  if (value instanceof Secret) return value.toString()
  if (Array.isArray(value)) return (value as readonly Value[]).map(plain)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value as { readonly [key: string]: Value }).map(([key, part]) => [key, plain(part)]),
    )
  }
  return value
}

/** As text, for environments and commands: strings as they are, other values as JSON; a Secret stays one. */
export function text(value: Value): string | Secret {
  if (value instanceof Secret || typeof value === 'string') return value
  const shown = plain(value)
  return typeof shown === 'number' || typeof shown === 'boolean' ? String(shown) : JSON.stringify(shown)
}

/** Whether a value counts as "ready": not null, false, 0, '' or empty. */
export function isTruthy(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** Expressions that are made of others. */
type Composed = Extract<Expression, { readonly kind: 'list' | 'map' | 'format' | 'access' | 'template' }>

class Evaluator {
  readonly #snapshot: Snapshot
  readonly #seal: Seal
  readonly #open = new Set<string>()

  constructor(snapshot: Snapshot, seal: Seal) {
    this.#snapshot = snapshot
    this.#seal = seal
  }

  value(expression: Expression, path: string): Evaluation {
    switch (expression.kind) {
      case 'literal':
        return ready(expression.value)
      case 'secret':
        return this.#secret(expression)
      case 'config':
        return this.#first(expression.of, path, (target) => this.#config(target, expression.key))
      case 'sensor':
        return this.#first(expression.of, path, (target) => this.#sensor(target, expression))
      case 'entity-id':
        return this.#first(expression.of, path, (target) => ready(target))
      default:
        return this.#composed(expression, path)
    }
  }

  #composed(expression: Composed, path: string): Evaluation {
    switch (expression.kind) {
      case 'list':
        return this.#all(expression.items, path, (values) => ready(values))
      case 'map':
        return this.#entries(expression.entries, path, (values) => ready(values))
      case 'format':
        return this.#all(expression.arguments, path, (values) => format(expression.pattern, values))
      case 'access':
        return then(this.value(expression.of, path), (value) => access(value, expression.key))
      case 'template':
        return this.#entries(expression.bindings, path, (values) => this.#render(expression.text, values))
      default:
        return unreachable(expression)
    }
  }

  #secret(sealed: SealedSecret): Evaluation {
    return ready(this.#seal.open(sealed))
  }

  #first(reference: EntityReference, path: string, use: (target: string) => Evaluation): Evaluation {
    const [target] = this.#snapshot.resolve(reference, path)
    if (target === undefined) return { kind: 'waiting', on: [`no entity ${describe(reference)} yet`] }
    return use(target)
  }

  #config(path: string, key: string): Evaluation {
    const found = this.#snapshot.config(path, key)
    if (found === undefined) return ready(null)
    const guard = `${found.declaredBy} ${key}`
    if (this.#open.has(guard)) return failed(`config ${key} of ${found.declaredBy} refers to itself`)
    this.#open.add(guard)
    const value = this.value(found.expression, found.declaredBy)
    this.#open.delete(guard)
    return value
  }

  #sensor(path: string, wanted: Extract<Expression, { readonly kind: 'sensor' }>): Evaluation {
    const { sensor, whenReady } = wanted
    const value = this.#snapshot.sensor(path, sensor)
    const present = whenReady ? isTruthy(value) : value !== undefined
    if (!present || value === undefined)
      return { kind: 'waiting', on: [`${path === '' ? 'the application' : path}: sensor ${sensor}`] }
    return ready(value)
  }

  #render(template: string, values: { readonly [name: string]: Value }): Evaluation {
    const secret = secretIn(Object.values(values))
    const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, revealed(value)]))
    const rendered = this.#snapshot.render(template, shown)
    if ('error' in rendered) return failed(rendered.error)
    return ready(secret?.within('rendered text', rendered.text) ?? rendered.text)
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

function ready(value: Value): Evaluation {
  return { kind: 'ready', value }
}

function failed(reason: string): Evaluation {
  return { kind: 'failed', reason }
}

function then(evaluation: Evaluation, use: (value: Value) => Evaluation): Evaluation {
  return evaluation.kind === 'ready' ? use(evaluation.value) : evaluation
}

function collect(
  evaluations: readonly Evaluation[],
  use: (values: readonly Value[]) => Evaluation,
): Evaluation {
  const values: Value[] = []
  const on: string[] = []
  for (const evaluation of evaluations) {
    if (evaluation.kind === 'failed') return evaluation
    if (evaluation.kind === 'waiting') on.push(...evaluation.on)
    else values.push(evaluation.value)
  }
  return on.length > 0 ? { kind: 'waiting', on } : use(values)
}

/** `%s` takes the next argument, `%%` is a percent sign; a missing argument stays as written. A secret makes the whole secret. */
function format(pattern: string, values: readonly Value[]): Evaluation {
  let next = 0
  const formatted = pattern.replace(/%([%s])/g, (written, mark: string) => {
    if (mark === '%') return '%'
    const value = values[next++]
    if (value === undefined) return written
    const shown = text(value)
    return shown instanceof Secret ? shown.reveal() : shown
  })
  return ready(secretIn(values)?.within('formatted text', formatted) ?? formatted)
}

function access(value: Value, key: string | number): Evaluation {
  if (value instanceof Secret) return failed(`a secret has no member ${key}`)
  if (Array.isArray(value)) return ready((value as readonly Value[])[Number(key)] ?? null)
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, key)) {
    return ready((value as { readonly [name: string]: Value })[key] ?? null)
  }
  return ready(null)
}

/** The first secret inside; undefined when there is none. */
function secretIn(value: Value): Secret | undefined {
  if (value instanceof Secret) return value
  if (typeof value !== 'object' || value === null) return undefined
  for (const part of Object.values(value)) {
    const found = secretIn(part)
    if (found !== undefined) return found
  }
  return undefined
}

/** Clear values for a renderer, whose result becomes a Secret again. */
function revealed(value: Value): Json {
  if (value instanceof Secret) return value.reveal()
  if (Array.isArray(value)) return (value as readonly Value[]).map(revealed)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value as { readonly [key: string]: Value }).map(([key, part]) => [key, revealed(part)]),
    )
  }
  return value
}

function describe(reference: EntityReference): string {
  return 'id' in reference ? `${reference.scope} "${reference.id}"` : reference.scope
}
