import { type ConfigMap, type Expression, literal } from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import { DocumentNode } from '../../read/document-node.js'
import { mapPart } from '../../read/graft.js'
import { durationOf } from '../../resolve/amounts.js'
import { reportUnknownKey } from '../../unknown-key.js'
import { isDsl, readExpression, readTemplated } from './language/expressions.js'

/** Settings that something knows, and of these the ones that it cannot be without. */
export interface KnownSettings {
  readonly settings: readonly string[]
  /** Each one, or one of several. */
  readonly needed: readonly (string | readonly string[])[]
}

const CONFIG_KEYS = ['brooklyn.config', 'config', 'brooklyn.flags'] as const
const OWN_KEYS: ReadonlySet<string> = new Set(['type', 'initializerType', 'initializer_type', ...CONFIG_KEYS])

/** What is written of one initializer, flat or under its config. */
export class Settings {
  readonly desk: TranslationDesk
  readonly #node: DocumentNode
  readonly #entries: ReadonlyMap<string, DocumentNode>

  constructor(node: DocumentNode, desk: TranslationDesk) {
    this.desk = desk
    this.#node = node
    const flat = node.entries().filter(([key]) => !OWN_KEYS.has(key))
    this.#entries = new Map([...flat, ...CONFIG_KEYS.flatMap((key) => node.get(key)?.entries() ?? [])])
  }

  /** Where all of it is written. */
  get whole(): DocumentNode {
    return this.#node
  }

  /** All of it as one map, wherever its parts are written. */
  get body(): DocumentNode {
    const entries = [...this.#entries].map(([key, node]) => [key, node.part] as const)
    return new DocumentNode(this.#node.document, this.#node.path, mapPart(entries, this.#node.part))
  }

  node(key: string): DocumentNode | undefined {
    const found = this.#entries.get(key)
    return found?.value === null ? undefined : found
  }

  /** The first of several spellings that is there. */
  first(...keys: readonly string[]): DocumentNode | undefined {
    return keys.map((key) => this.node(key)).find((found) => found !== undefined)
  }

  text(key: string): string | undefined {
    return this.node(key)?.text
  }

  /** A value that must be there; nothing where it is not. */
  expression(key: string): Expression {
    const node = this.node(key)
    return node === undefined ? literal(null) : readTemplated(node, this.desk)
  }

  /** A map of values by name. */
  map(...keys: readonly string[]): ConfigMap | undefined {
    const node = this.first(...keys)
    if (node === undefined) return undefined
    if (isDsl(node) || !node.isMap) {
      this.desk.report('BP1102', `"${node.key}" is a map`, node, { hint: 'write names and values' })
      return undefined
    }
    return Object.fromEntries(node.entries().map(([name, part]) => [name, readExpression(part, this.desk)]))
  }

  /** Milliseconds; for ever is `Infinity`. What is no duration is told. */
  duration(key: string): number | undefined {
    const node = this.node(key)
    if (node === undefined) return undefined
    if (/^(?:practically[ _]?)?forever$|^never$/i.test(node.text ?? '')) return Infinity
    const found = durationOf(node.value)
    if (found === undefined)
      this.desk.report('BP1106', `"${key}" is a duration`, node, { hint: 'e.g. 5s, 1m, 250ms' })
    return found
  }

  /** Yes or no; what is neither is told. */
  flag(key: string): boolean | undefined {
    const node = this.node(key)
    if (node === undefined) return undefined
    if (node.flag !== undefined) return node.flag
    if (/^(?:true|false)$/i.test(node.text ?? '')) return node.text?.toLowerCase() === 'true'
    this.desk.report('BP1102', `"${key}" is true or false`, node, { hint: 'write true or false' })
    return undefined
  }

  mark<T extends object>(part: T): T {
    return this.desk.origins.mark(part, (this.node('name') ?? this.#node).place)
  }

  /** Whether everything needed is there; every key that is not known is a problem too. */
  fit({ settings, needed }: KnownSettings, type: string): boolean {
    for (const [key, node] of this.#entries) {
      if (settings.includes(key)) continue
      reportUnknownKey(this.desk, node, [...settings, ...OWN_KEYS], type)
    }
    const missing = needed.filter((keys) => this.first(...[keys].flat()) === undefined)
    for (const keys of missing) {
      const [key = ''] = [keys].flat()
      this.desk.report('BP1104', `${type} needs the key "${key}"`, this.#node, { hint: `add "${key}:"` })
    }
    const name = this.node('name')
    if (missing.length > 0 || name === undefined || name.text !== undefined) return missing.length === 0
    this.desk.report('BP1102', 'a name is a text', name, { hint: 'e.g. "requests"' })
    return false
  }
}
