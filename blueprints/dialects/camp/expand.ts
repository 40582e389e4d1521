import type { TranslationDesk } from '../../dialect.js'
import { type Located, type Path, SourceDocument } from '../../read/document.js'
import { DocumentNode } from '../../read/document-node.js'
import { changed, isMapPart, mapPart, textOfPart, valuePart, withSource } from '../../read/graft.js'
import type { EntityType, TypeKey } from '../../resolve/type-lookup.js'
import { configSpellingsOf, SPELLINGS, spellingsOf } from './keys.js'
import { overlaid } from './merge.js'
import { settled, withFallbacks } from './types/type-keys.js'

/**
 * A document in which every entity of a defined type is that type's plan with the entity's own keys over it, and in which
 * keys that a type declares stand in the config under their names. What it does not change is the same object.
 */
export function expandTypes(document: SourceDocument, desk: TranslationDesk): SourceDocument {
  const root = new Expander(document, desk).application(document.root)
  return root === document.root ? document : new SourceDocument(document.file, root)
}

/** Entities that types may unfold to in one document, and types inside each other. */
const MOST_ENTITIES = 20_000
const DEEPEST = 40

/** The plan of a type down to what is no plan any more. */
interface Plan {
  readonly part: Located
  readonly keys: readonly TypeKey[]
  /** Entities in it, itself included. */
  readonly size: number
}

/** Where a value is read: for problems, and so that no type stands inside itself. */
interface Standing {
  readonly document: SourceDocument
  readonly path: Path
  /** Types whose plans this is inside of, the outermost first. */
  readonly passed: readonly EntityType[]
}

class Expander {
  readonly #desk: TranslationDesk
  readonly #document: SourceDocument
  readonly #plans = new Map<EntityType, Plan>()
  #entities = 0

  constructor(document: SourceDocument, desk: TranslationDesk) {
    this.#document = document
    this.#desk = desk
  }

  application(root: Located): Located {
    return this.#below(root, { document: this.#document, path: [], passed: [] })
  }

  /** One entity with all that is below it. */
  #entity(part: Located, at: Standing): Located {
    if (!isMapPart(part)) return part
    this.#entities += 1
    const own = this.#below(part, at)
    const type = this.#typeOf(own, at)
    const plan = type === undefined ? undefined : this.#plan(type, at)
    if (type === undefined || (type.keys === undefined && plan === undefined)) return own
    const keys = [...(type.keys ?? []), ...(plan?.keys ?? [])]
    const clear = settled(this.#named(own, type), keys, this.#nodeOf(own, at), this.#desk)
    return withFallbacks(over(plan, type, clear), keys)
  }

  #nodeOf(part: Located, at: Standing): DocumentNode {
    return new DocumentNode(at.document, at.path, part)
  }

  #typeOf(part: Located, at: Standing): EntityType | undefined {
    const written = typePart(part)
    const name = textOfPart(written)
    if (written === undefined || name === undefined) return undefined
    const { types } = this.#desk.input
    const found = types.find(name, at.passed)
    if (found === undefined && at.passed.length > 0) {
      const around = types.find(name)
      if (around !== undefined) this.#reportCircle(around, written, at)
    }
    return found
  }

  /** An entity under a name of its type that means that type from everywhere. */
  #named(part: Located, type: EntityType | undefined): Located {
    const written = typePart(part)
    const name = textOfPart(written)
    if (type === undefined || written === undefined || name === undefined) return part
    if (this.#desk.input.types.find(name) === type) return part
    return mapPart([...withoutType(part).parts, ['type', valuePart(type.name, written)]], part)
  }

  #reportCircle(type: EntityType, written: Located, at: Standing): void {
    const from = at.passed.findIndex(({ name }) => name === type.name)
    const circle = [...at.passed.slice(Math.max(0, from)).map(({ name }) => name), type.name].join(' → ')
    const { place } = this.#nodeOf(written, at)
    const hint = 'leave one of them out, or define it by another type'
    this.#desk.reportAt('BP1211', `the type is defined by itself: ${circle}`, place, { hint })
  }

  /** The plan of a type; none where it has none, or it cannot be used. */
  #plan(type: EntityType, at: Standing): Plan | undefined {
    const { definition } = type
    if (definition === undefined) return undefined
    const known = this.#plans.get(type)
    if (known !== undefined) return this.#counted(known, type)
    if (this.#isTooDeep(type, at)) return undefined
    const plan = this.#newPlan(type, definition, at)
    this.#plans.set(type, plan)
    return plan
  }

  #newPlan(type: EntityType, definition: DocumentNode, at: Standing): Plan {
    const before = this.#entities
    const { document, path } = definition
    const inside: Standing = { document, path, passed: [...at.passed, type] }
    const part = withSource(this.#below(titled(definition.part, type), inside), document)
    const base = this.#typeOf(part, inside)
    const under = base === undefined ? undefined : this.#plan(base, inside)
    const keys = [...(base?.keys ?? []), ...(under?.keys ?? []), ...parameterKeys(part)]
    const named = this.#named(part, base)
    const clear = settled(named, [...(type.keys ?? []), ...keys], this.#nodeOf(part, inside), this.#desk)
    return { part: over(under, base, clear), keys, size: 1 + this.#entities - before }
  }

  #isTooDeep(type: EntityType, at: Standing): boolean {
    if (at.passed.length < DEEPEST) return false
    this.#reportLimit('BP1002', `types are defined by each other more than ${DEEPEST} levels deep`, type)
    return true
  }

  /** A plan that is used again costs what is in it again. */
  #counted(plan: Plan, type: EntityType): Plan | undefined {
    this.#entities += plan.size
    if (this.#entities <= MOST_ENTITIES) return plan
    this.#reportLimit('BP1001', `its types unfold to more than ${MOST_ENTITIES} entities`, type)
    return undefined
  }

  #reportLimit(code: 'BP1001' | 'BP1002', message: string, type: EntityType): void {
    this.#desk.reportAt(code, message, type.definition?.place, { hint: 'write it flatter, or split it' })
  }

  /** An entity, or the application, with what is below it expanded. */
  #below(part: Located, at: Standing): Located {
    if (!isMapPart(part)) return part
    return changed(part, (key, child) => {
      const inside = { ...at, path: [...at.path, key] }
      if (CHILD_KEYS.has(key)) return this.#each(child, inside)
      if (MEMBER_KEYS.has(key)) return this.#member(child, inside)
      return CONFIG_KEYS.has(key) ? this.#config(child, inside) : this.#value(child, inside)
    })
  }

  #config(part: Located, at: Standing): Located {
    if (!isMapPart(part)) return part
    return changed(part, (key, child) => {
      const inside = { ...at, path: [...at.path, key] }
      return MEMBER_KEYS.has(key) ? this.#member(child, inside) : this.#value(child, inside)
    })
  }

  /** Roles and children: a list of entities, or a map of them by name. */
  #each(part: Located, at: Standing): Located {
    return changed(part, (key, child) => this.#entity(child, { ...at, path: [...at.path, key] }))
  }

  #member(part: Located, at: Standing): Located {
    return isMapPart(part) && !part.parts.has(ENTITY_SPEC) ? this.#entity(part, at) : this.#value(part, at)
  }

  /** Any value: entities stand in it where it says so. */
  #value(part: Located, at: Standing): Located {
    if (part.parts.size === 0) return part
    return changed(part, (key, child) => {
      const inside = { ...at, path: [...at.path, key] }
      return key === ENTITY_SPEC ? this.#entity(child, inside) : this.#value(child, inside)
    })
  }
}

const ENTITY_SPEC = '$brooklyn:entitySpec'
const CHILD_KEYS: ReadonlySet<string> = new Set([
  'services',
  ...spellingsOf('children'),
  ...spellingsOf('roles'),
])
const MEMBER_KEYS: ReadonlySet<string> = new Set(
  (['memberSpec', 'firstMemberSpec', 'controllerSpec'] as const).flatMap((key) => [
    ...spellingsOf(key),
    ...configSpellingsOf(key),
  ]),
)
const CONFIG_KEYS: ReadonlySet<string> = new Set(SPELLINGS.config)

/** A shape keeps its name; every other type is what its plan says. */
function over(plan: Plan | undefined, type: EntityType | undefined, own: Located): Located {
  if (plan === undefined) return own
  return overlaid(plan.part, type?.shape === undefined ? withoutType(own) : own)
}

/** A plan whose entity is shown under the name of its item, where it has none of its own. */
function titled(part: Located, { displayName }: EntityType): Located {
  if (
    displayName === undefined ||
    !isMapPart(part) ||
    part.parts.has('name') ||
    part.parts.has('displayName')
  )
    return part
  return mapPart([...part.parts, ['displayName', valuePart(displayName, part)]], part)
}

function typePart(part: Located): Located | undefined {
  return SPELLINGS.type.map((spelling) => part.parts.get(spelling)).find((found) => found !== undefined)
}

function withoutType(part: Located): Located {
  const spellings: readonly string[] = SPELLINGS.type
  return mapPart(
    [...part.parts].filter(([key]) => !spellings.includes(key)),
    part,
  )
}

/** Parameters that a plan declares may be given like keys of its type. */
function parameterKeys(part: Located): readonly TypeKey[] {
  return spellingsOf('parameters').flatMap((spelling) => {
    const held = part.parts.get(spelling)
    if (held === undefined) return []
    const names = Array.isArray(held.value)
      ? [...held.parts.values()].map((item) => textOfPart(item) ?? textOfPart(item.parts.get('name')))
      : [...held.parts.keys()]
    return names.flatMap((name) => name ?? []).map((name) => ({ name, type: 'any' as const, flags: [] }))
  })
}
