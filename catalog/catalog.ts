import {
  type AdjunctKind,
  type AdjunctLookup,
  type AdjunctType,
  type EntityType,
  type ItemDefinition,
  type ItemKind,
  type TypeLookup,
  isPolicyDocument,
  policyAdjunct,
} from '../blueprints/index.js'
import { compareVersions } from './versions.js'

/** Versioned items by id. Frozen: adding gives another one. */
export class Catalog {
  /** All versions of each id, the highest first. */
  readonly #items: ReadonlyMap<string, readonly ItemDefinition[]>
  readonly #types = new Map<ItemDefinition, EntityType>()

  constructor(items: readonly ItemDefinition[] = []) {
    const byId = new Map<string, ItemDefinition[]>()
    for (const item of items) byId.set(item.id, [...(byId.get(item.id) ?? []), item])
    for (const versions of byId.values()) versions.sort((a, b) => compareVersions(b.version, a.version))
    this.#items = byId
  }

  /** All items, by id, the highest version of each first. */
  get items(): readonly ItemDefinition[] {
    const ids = [...this.#items.keys()].sort()
    return ids.flatMap((id) => this.#items.get(id) ?? [])
  }

  /** With more items; one of the same id and version takes the place of the earlier. */
  with(items: readonly ItemDefinition[]): Catalog {
    const isReplaced = (item: ItemDefinition): boolean =>
      items.some(({ id, version }) => id === item.id && version === item.version)
    return new Catalog([...this.items.filter((item) => !isReplaced(item)), ...items])
  }

  /** `id`, `id:latest` or `id:version`: without a version the highest, which is a snapshot only where all are. Of those meant. */
  find(name: string, isMeant: (item: ItemDefinition) => boolean = () => true): ItemDefinition | undefined {
    const whole = this.#items.get(name)
    if (whole !== undefined) return whole.find(isMeant)
    const colon = name.lastIndexOf(':')
    const versions = (this.#items.get(name.slice(0, Math.max(0, colon))) ?? []).filter(isMeant)
    const wanted = name.slice(colon + 1)
    return wanted === 'latest' ? versions[0] : versions.find(({ version }) => version === wanted)
  }

  /** Entities and applications as types. A type of the same id that is passed hides all versions. */
  types(): TypeLookup {
    return {
      find: (name, passed = []) => {
        const item = this.find(name, isPlan)
        if (item === undefined) return undefined
        return passed.some((type) => type.name === item.id) ? undefined : this.#typeOf(item)
      },
      names: () => this.items.filter(isPlan).map(({ id }) => id),
    }
  }

  /** Policies, enrichers and the like, each with the keys of the type that `known` has for it. */
  adjuncts(known: AdjunctLookup): AdjunctLookup {
    return {
      find: (name) => {
        const item = this.find(name, (one) => !isPlan(one))
        return item === undefined ? undefined : adjunctOf(item, known)
      },
      names: (kind) =>
        this.items
          .filter((item) => item.kind === kind || (kind === 'step' && isStep(item)))
          .map(({ id }) => id),
    }
  }

  #typeOf(item: ItemDefinition): EntityType {
    const known = this.#types.get(item)
    if (known !== undefined) return known
    const type: EntityType = {
      name: item.id,
      aliases: [],
      form: 'group',
      application: item.kind !== 'entity',
      ...(item.name === undefined ? {} : { displayName: item.name }),
      description: item.description ?? item.name ?? '',
      schema: { type: 'object' },
      definition: item.definition,
    }
    this.#types.set(item, type)
    return type
  }
}

const PLANS: readonly ItemKind[] = ['entity', 'application', 'template']

function isPlan({ kind }: ItemDefinition): boolean {
  return PLANS.includes(kind)
}

function adjunctOf(item: ItemDefinition, known: AdjunctLookup): AdjunctType | undefined {
  if (isStep(item)) return stepOf(item)
  if (item.kind === 'policy' && isPolicyDocument(item.definition))
    return policyAdjunct(item.definition, item.id, item.description)
  const { definition, description = '' } = item
  if (item.kind === 'location')
    return { name: item.id, aliases: [], kind: 'location', description, keys: [], open: true, definition }
  const written = definition.get('type')?.text
  const base = written === undefined ? undefined : known.find(written)
  if (base === undefined) return undefined
  const { keys, open } = base
  return {
    name: item.id,
    aliases: [],
    kind: kindOf(item, base),
    description,
    keys,
    open,
  }
}

/** Whether it is a step that other workflows may name: a workflow by itself. */
function isStep({ kind, definition }: ItemDefinition): boolean {
  return (kind === 'step' || kind === 'bean') && definition.get('steps') !== undefined
}

function stepOf({ id, description = '', definition }: ItemDefinition): AdjunctType {
  return { name: id, aliases: [], kind: 'step', description, keys: [], open: true, definition }
}

function kindOf({ kind }: ItemDefinition, base: AdjunctType): AdjunctKind {
  return kind === 'policy' || kind === 'enricher' ? kind : base.kind
}
