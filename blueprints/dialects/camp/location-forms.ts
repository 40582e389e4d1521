import type { TranslationDesk } from '../../dialect.js'
import type { Located } from '../../read/document.js'
import { DocumentNode } from '../../read/document-node.js'
import { isMapPart, tagged, valuePart } from '../../read/graft.js'

/** One location that a document names, with what is said beside its name. */
export interface WrittenPlace {
  readonly name: string
  readonly node: DocumentNode
  readonly settings: Settings
}

type Settings = ReadonlyMap<string, DocumentNode>

/**
 * The locations that are written at a key, in order: names, with settings in brackets or below them; `named:` before a name;
 * the targets of `multi` and `single`; and what items of a catalog stand for. What is wrong was reported.
 */
export function placesIn(node: DocumentNode | undefined, desk: TranslationDesk): readonly WrittenPlace[] {
  if (node === undefined) return []
  const reader = new PlaceReader(desk)
  return (node.isList ? node.items() : [node]).flatMap((one) => reader.place(one))
}

/** The location of an entity as it is written, under whichever key. */
export function placesOf(
  entity: Located,
  keys: readonly string[],
  source: ConstructorParameters<typeof DocumentNode>[0],
  desk: TranslationDesk,
): readonly WrittenPlace[] {
  if (!isMapPart(entity)) return []
  const written = keys.map((key) => entity.parts.get(key)).find((part) => part !== undefined)
  if (written === undefined) return []
  return placesIn(new DocumentNode(source, ['location'], tagged(written, entity)), desk)
}

const NONE: Settings = new Map()

/** Locations that stand for each other, one inside of another. */
const DEEPEST = 20

class PlaceReader {
  readonly #desk: TranslationDesk
  #depth = 0

  constructor(desk: TranslationDesk) {
    this.#desk = desk
  }

  place(node: DocumentNode): readonly WrittenPlace[] {
    if (node.text !== undefined) {
      return this.#meant({ node, ...nameAndSettings(node.text, node) })
    }
    const [only, second] = node.entries()
    if (only !== undefined && second === undefined) {
      if (!only[1].isMap && only[1].value !== null) reportSettings(only[1], this.#desk)
      return this.#meant({ name: only[0].replace(/:$/, ''), node, settings: new Map(only[1].entries()) })
    }
    if (node.isMap) {
      const hint = 'write a list, with one entry for each location'
      this.#desk.report('BP1102', 'a location that is a map has one key, its name', node, { hint })
    }
    return []
  }

  /** A name that is configured is that location, whatever it looks like. */
  #meant(place: WrittenPlace): readonly WrittenPlace[] {
    const { name } = place
    const { locations = [], adjuncts } = this.#desk.input
    if (locations.includes(name)) return [place]
    const named = /^named:(.+)$/.exec(name)?.[1]
    if (named !== undefined) return this.#meant({ ...place, name: named })
    if (name === 'multi' || name === 'single') return this.#targets(name, place)
    const item = adjuncts?.find(name)
    return item?.kind === 'location' ? this.#ofItem(item.definition, place) : [place]
  }

  #targets(name: 'multi' | 'single', { node, settings }: WrittenPlace): readonly WrittenPlace[] {
    const key = name === 'multi' ? 'targets' : 'target'
    const target = settings.get(key)
    if (target === undefined) {
      const hint = `e.g. ${name}: { ${key}: ${key === 'target' ? 'local' : '[local, docker]'} }`
      this.#desk.report('BP1104', `the location "${name}" needs the key "${key}"`, node, { hint })
      return []
    }
    const written = target.isList ? target.items() : target.text === undefined ? [target] : split(target)
    const rest = without(settings, key)
    return this.#deeper(node, () =>
      written.flatMap((one) => this.place(one)).map((one) => withSettings(one, rest)),
    )
  }

  /** What an item says counts where nothing is said beside its name. */
  #ofItem(definition: DocumentNode | undefined, place: WrittenPlace): readonly WrittenPlace[] {
    const { node, settings } = place
    const type = definition?.get('type')?.text
    if (definition === undefined || type === undefined) return [place]
    const config = definition.get('brooklyn.config')?.entries() ?? []
    const own = definition.entries().filter(([key]) => !ITEM_KEYS.has(key))
    const said = new Map([...own, ...config, ...settings])
    const { name, settings: inType } = nameAndSettings(type, definition)
    const all = new Map([...inType, ...said])
    return this.#deeper(node, () => this.#meant({ name, node, settings: all }))
  }

  #deeper(node: DocumentNode, read: () => readonly WrittenPlace[]): readonly WrittenPlace[] {
    if (this.#depth >= DEEPEST) {
      const hint = 'name a location that is configured'
      this.#desk.report('BP1211', 'the location stands for itself', node, { hint })
      return []
    }
    this.#depth += 1
    const found = read()
    this.#depth -= 1
    return found
  }
}

/** Several lines `a=b` below a name are one text. */
function reportSettings(node: DocumentNode, desk: TranslationDesk): void {
  const hint =
    node.text?.includes('=') === true ? 'write a colon and a space in the place of "="' : 'write a map'
  desk.report('BP1102', `what is said of the location "${node.key}" is a map of settings`, node, { hint })
}

/** What an item says of itself, and not of its location. */
const ITEM_KEYS: ReadonlySet<string> = new Set([
  ...['type', 'brooklyn.config', 'id', 'version', 'name', 'description', 'iconUrl', 'tags'],
])

function withSettings(place: WrittenPlace, more: Settings): WrittenPlace {
  return { ...place, settings: new Map([...more, ...place.settings]) }
}

function without(settings: Settings, key: string): Settings {
  return new Map([...settings].filter(([one]) => one !== key))
}

/** `name`, `name:` or `name(a=1)`. */
function nameAndSettings(text: string, node: DocumentNode): Pick<WrittenPlace, 'name' | 'settings'> {
  const [, name = '', inner = ''] = /^([^(]*?):?(?:\((.*)\))?$/s.exec(text) ?? []
  return { name, settings: inBrackets(inner, node) }
}

/** `a=1, b="x,y"`; what is not `name=value` has its own text as its name. */
function inBrackets(inner: string, node: DocumentNode): Settings {
  if (inner.trim() === '') return NONE
  return new Map(
    pieces(inner).map((piece) => {
      const [, key = piece, value = ''] = /^([\w.-]+)\s*=\s*(.*)$/s.exec(piece) ?? []
      return [key, textNode(unquoted(value), node)] as const
    }),
  )
}

/** A text of several locations. */
function split(node: DocumentNode): readonly DocumentNode[] {
  return pieces(node.text ?? '').map((piece) => textNode(unquoted(piece), node))
}

/** Numbers may be written as texts in brackets. */
function textNode(text: string, { document, path, part }: DocumentNode): DocumentNode {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : text
  return new DocumentNode(document, path, valuePart(value, part))
}

/** Parts between commas, but for those in quotes or brackets. */
function pieces(text: string): readonly string[] {
  const found = text.match(/(?:"[^"]*"|'[^']*'|\([^()]*\)|[^,"'()])+/g) ?? []
  return found.map((piece) => piece.trim()).filter((piece) => piece !== '')
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text
}
