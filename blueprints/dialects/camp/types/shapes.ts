import { type Json, type JsonObject, type Problem, isJsonObject } from '../../../../engine/index.js'
import { TranslationDesk } from '../../../dialect.js'
import { Origins } from '../../../origins.js'
import { DocumentNode, textAt } from '../../../read/document-node.js'
import { readYaml } from '../../../read/read-yaml.js'
import { type AdjunctKind, type AdjunctType } from '../../../resolve/adjunct-lookup.js'
import { present } from '../../../resolve/present.js'
import {
  type EntityForm,
  type EntityType,
  type KeyType,
  type TypeKey,
  listedTypes,
} from '../../../resolve/type-lookup.js'
import { hasRole } from '../added/acts.js'
import { isInitializer } from '../added/initializers.js'
import { isLanguageConfig } from '../merge.js'
import { SENSOR_ALIASES } from './types.js'

/** Types that are known by their keys, sensors and effectors. */
export interface ReadShapes {
  readonly types: readonly EntityType[]
  readonly adjuncts: readonly AdjunctType[]
  readonly problems: readonly Problem[]
}

/**
 * Reads files of shapes: under `entities`, `policies`, `enrichers`, `initializers`, `steps` and `locations` maps by name.
 * A shape may be `like` others, of any file, whose keys, sensors and effectors it has too. One with an `implementation`
 * is a type like any other: what makes it stands there.
 */
export function readShapes(files: readonly { readonly file: string; readonly text: string }[]): ReadShapes {
  const found: DocumentNode[] = []
  const desk = new TranslationDesk({ files: {}, types: listedTypes([]), parameters: {} }, new Origins())
  const problems = files.flatMap(({ file, text }) => {
    const read = readYaml(text, file)
    if (read.document !== undefined) found.push(DocumentNode.rootOf(read.document))
    return read.problems
  })
  const reader = new ShapeReader(found, desk)
  return { types: reader.types(), adjuncts: reader.adjuncts(), problems: [...problems, ...desk.problems] }
}

const ADJUNCTS: { readonly [section: string]: AdjunctKind } = {
  policies: 'policy',
  enrichers: 'enricher',
  initializers: 'initializer',
  steps: 'step',
  locations: 'location',
}

const FORMS: readonly EntityForm[] = ['group', 'members', 'software', 'container', 'machine', 'job']

const KEY_TYPES: readonly KeyType[] = [
  ...(['string', 'integer', 'number', 'boolean', 'duration'] as const),
  ...(['port', 'map', 'list', 'entity', 'any'] as const),
]

/** What a shape has of its own, and what it has from those that it is like. */
interface Traits {
  readonly form: EntityForm | undefined
  readonly keys: readonly TypeKey[]
  readonly sensors: readonly string[]
  readonly effectors: readonly string[]
}

class ShapeReader {
  readonly #desk: TranslationDesk
  readonly #files: readonly DocumentNode[]
  readonly #shapes: ReadonlyMap<string, DocumentNode>
  readonly #words = new Map<string, ReadonlySet<string>>()

  constructor(files: readonly DocumentNode[], desk: TranslationDesk) {
    this.#files = files
    this.#desk = desk
    this.#shapes = new Map(this.#section('entities'))
  }

  types(): readonly EntityType[] {
    return [...this.#shapes]
      .filter(([, node]) => node.get('abstract')?.flag !== true)
      .map((one) => this.#type(...one))
  }

  adjuncts(): readonly AdjunctType[] {
    return Object.entries(ADJUNCTS).flatMap(([section, kind]) =>
      this.#section(section).map(([name, node]) => ({
        name,
        aliases: wordsAt(node, 'java'),
        kind,
        description: textAt(node, 'description') ?? '',
        keys: this.#keys(node),
        open: node.get('open')?.flag ?? false,
        acts: (kind !== 'initializer' && hasRole(name)) || (kind === 'initializer' && isInitializer(name)),
      })),
    )
  }

  #section(name: string): readonly (readonly [string, DocumentNode])[] {
    return this.#files.flatMap((file) => file.get(name)?.entries() ?? [])
  }

  #type(name: string, node: DocumentNode): EntityType {
    const { form = 'machine', keys, sensors, effectors } = this.#traits(node, [name])
    const definition = node.get('implementation') ?? node.get('plan')
    const isMade = node.get('implementation') !== undefined
    const known = isMade
      ? keys.map((key) => (this.#acts(key.name, name, form) ? key : { ...key, idle: true }))
      : keys
    return {
      name,
      aliases: wordsAt(node, 'java'),
      form,
      application: node.get('application')?.flag ?? false,
      description: textAt(node, 'description') ?? '',
      schema: schemaOf(keys),
      keys: known,
      ...present({ definition, shape: isMade ? undefined : { sensors, effectors } }),
    }
  }

  /**
   * Whether something is done about a key of a shape that is made: the language knows it, or what makes the shape reads it.
   * What a cluster is given, its members and children have too.
   */
  #acts(key: string, shape: string, form: EntityForm): boolean {
    if (isLanguageConfig(key)) return true
    const readers = form === 'members' || form === 'group' ? [...this.#shapes.keys()] : [shape]
    return readers.some((name) => this.#wordsOf(name).has(key))
  }

  /** All that the implementation of a shape, and of those that it is made of, says between quotes or by itself. */
  #wordsOf(shape: string, path: readonly string[] = []): ReadonlySet<string> {
    const known = this.#words.get(shape)
    if (known !== undefined) return known
    const node = this.#shapes.get(shape)?.get('implementation')
    const words = new Set<string>()
    if (node === undefined || path.includes(shape)) return words
    collectWords(node, words)
    const base = textAt(node, 'type')
    if (base !== undefined) for (const word of this.#wordsOf(base, [...path, shape])) words.add(word)
    this.#words.set(shape, words)
    return words
  }

  #traits(node: DocumentNode, path: readonly string[]): Traits {
    const above = (node.get('like') === undefined ? [] : wordsAt(node, 'like')).flatMap((name) => {
      const other = this.#shapes.get(name)
      if (other !== undefined && !path.includes(name)) return [this.#traits(other, [...path, name])]
      this.#desk.report('BP1205', `there is no shape "${name}" that ${path.at(-1) ?? ''} could be like`, node)
      return []
    })
    const own = this.#keys(node)
    const form =
      FORMS.find((one) => one === textAt(node, 'form')) ?? above.find((one) => one.form !== undefined)?.form
    const inherited = above
      .flatMap(({ keys }) => keys)
      .filter(({ name }) => !own.some((key) => key.name === name))
    return {
      form,
      keys: [...own, ...inherited],
      sensors: [
        ...new Set([
          ...above.flatMap((one) => one.sensors),
          ...wordsAt(node, 'sensors').flatMap(alsoKnownAs),
        ]),
      ],
      effectors: [...new Set([...above.flatMap((one) => one.effectors), ...wordsAt(node, 'effectors')])],
    }
  }

  /** `name: type`, or a map with `type`, `flags`, `default` and `description`. */
  #keys(node: DocumentNode): readonly TypeKey[] {
    return (node.get('keys')?.entries() ?? []).map(([name, part]) => {
      const written = part.text ?? textAt(part, 'type')
      const type = KEY_TYPES.find((one) => one === written)
      if (type === undefined)
        this.#desk.report('BP1105', `"${name}" needs a type`, part, { hint: KEY_TYPES.join(', ') })
      const [description, fallback] = [textAt(part, 'description'), part.get('default')]
      return {
        name,
        type: type ?? 'any',
        flags: wordsAt(part, 'flags'),
        ...present({ description, fallback }),
      }
    })
  }
}

function collectWords(node: DocumentNode, words: Set<string>): void {
  if (node.text !== undefined) {
    words.add(node.text)
    for (const [, word = ''] of node.text.matchAll(/["']([\w.]+)["']/g)) words.add(word)
  }
  for (const part of node.isList ? node.items() : node.entries().map(([, held]) => held))
    collectWords(part, words)
}

function alsoKnownAs(sensor: string): readonly string[] {
  return [sensor, SENSOR_ALIASES[sensor] ?? sensor]
}

/** One word or a list of words. */
function wordsAt(node: DocumentNode, key: string): readonly string[] {
  const held = node.get(key)
  return held?.text === undefined ? (held?.items() ?? []).flatMap((item) => item.text ?? []) : [held.text]
}

const JSON_TYPES: { readonly [type in KeyType]: readonly string[] | undefined } = {
  string: ['string'],
  integer: ['integer', 'string'],
  number: ['number', 'string'],
  boolean: ['boolean', 'string'],
  duration: ['integer', 'string'],
  port: ['integer', 'string'],
  map: ['object'],
  list: ['array'],
  entity: undefined,
  any: undefined,
}

function schemaOf(keys: readonly TypeKey[]): JsonObject {
  const properties = Object.fromEntries(keys.map((key) => [key.name, propertyOf(key)] as const))
  return { type: 'object', properties }
}

function propertyOf({ type, description, fallback }: TypeKey): JsonObject {
  const types = JSON_TYPES[type]
  return {
    ...present({ type: types === undefined ? undefined : [...types], description }),
    ...(fallback === undefined ? {} : { default: plain(fallback.value) }),
  }
}

function plain(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(plain)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, plain(held)]))
}
