import type { TranslationDesk } from '../../../dialect.js'
import { type Located, type Path, SourceDocument } from '../../../read/document.js'
import { DocumentNode } from '../../../read/document-node.js'
import {
  changed,
  isMapPart,
  listPart,
  mapPart,
  raised,
  tagged,
  textOfPart,
  valuePart,
} from '../../../read/graft.js'
import { BY_LOCATION, chosenByLocation } from './by-location.js'
import { FABRIC, FABRICS, FABRIC_TYPES, fabricLabel } from './fabric-names.js'
import { PLAN_ID, SPELLINGS, configSpellingsOf, spellingsOf } from '../keys.js'
import { readLocations } from '../locations.js'
import { CONFIG, overlaid } from '../merge.js'

/**
 * A document in which every fabric has a child for each of its places: those that it names, or the nearest above it. A
 * place is known before anything runs, so what there is in each is a part of the tree like any other.
 */
export function spreadFabrics(document: SourceDocument, desk: TranslationDesk): SourceDocument {
  const root = new Spreader(desk).entity(document.root, {
    places: desk.input.places ?? [],
    path: [],
    document,
  })
  return root === document.root ? document : new SourceDocument(document.file, root)
}

/** Parts of a document that the members of all fabrics may come to. */
const MOST_PARTS = 1_000_000

interface Standing {
  readonly document: SourceDocument
  readonly path: Path
  /** Names of the nearest places that are named above. */
  readonly places: readonly string[]
}

class Spreader {
  readonly #desk: TranslationDesk
  #parts = 0

  constructor(desk: TranslationDesk) {
    this.#desk = desk
  }

  /** An entity with all below it. */
  entity(part: Located, above: Standing): Located {
    if (!isMapPart(part)) return part
    const at = { ...above, document: part.from ?? above.document }
    const places = this.#placesOf(part, at)
    const standing = { ...at, places: places.length === 0 ? at.places : places }
    if (this.#typeOf(part) === BY_LOCATION)
      return this.#below(chosenByLocation(part, standing.places), standing)
    return this.#below(this.#isFabric(part) ? this.#spread(part, standing) : part, standing)
  }

  #isFabric(part: Located): boolean {
    return FABRICS.has(this.#typeOf(part))
  }

  #hasRegions(part: Located): boolean {
    return this.#typeOf(part) === FABRIC_TYPES.regions
  }

  #typeOf(part: Located): string {
    const name = SPELLINGS.type
      .map((key) => textOfPart(part.parts.get(key)))
      .find((text) => text !== undefined)
    return name === undefined ? '' : (this.#desk.input.types.find(name)?.name ?? '')
  }

  #placesOf(part: Located, { document, path }: Standing): readonly string[] {
    const written = SPELLINGS.locations.map((key) => part.parts.get(key)).find((one) => one !== undefined)
    if (written === undefined) return []
    return readLocations(new DocumentNode(document, [...path, 'location'], written), this.#desk)
  }

  #below(part: Located, at: Standing): Located {
    return changed(part, (key, child) => {
      const inside = { ...at, path: [...at.path, key], document: child.from ?? at.document }
      if (CHILD_KEYS.has(key))
        return changed(child, (name, one) => this.entity(one, { ...inside, path: [...inside.path, name] }))
      if (MEMBER_KEYS.has(key)) return this.#member(child, inside)
      if (!CONFIGS.has(key)) return child
      return changed(child, (inner, one) =>
        MEMBER_KEYS.has(inner) ? this.#member(one, { ...inside, path: [...inside.path, inner] }) : one,
      )
    })
  }

  #member(part: Located, at: Standing): Located {
    if (!isMapPart(part)) return part
    if (!part.parts.has(ENTITY_SPEC)) return this.entity(part, at)
    return changed(part, (key, child) => (key === ENTITY_SPEC ? this.entity(child, at) : child))
  }

  /** A fabric as an entity with children: what it has, each at a place of its own where it is to count as a member, and the rest. */
  #spread(part: Located, at: Standing): Located {
    const config = configOf(part)
    const includes = textOf(config.get(FABRIC.includes)) !== 'false'
    const { children, used } = this.#initial(part, at.places, includes)
    const free = at.places.slice(used)
    const spec = specIn(part, config, 'memberSpec')
    const members = free.map((place, number) => {
      const first = number === 0 ? specIn(part, config, 'firstMemberSpec') : undefined
      return this.#made(first ?? spec, { place, config, marked: !includes }, part)
    })
    this.#reportLacking(part, at, spec === undefined && free.length > 0)
    const all = [...children, ...members.filter((one) => one !== undefined)]
    const region = spec === undefined || !this.#hasRegions(part) ? undefined : withFlags(spec, config, part)
    return withChildren(overlaid(sizeTold(part), without(part)), all, present(region, part))
  }

  /** Children that are written: those without a place of their own are given the first, or each the next. */
  #initial(
    part: Located,
    places: readonly string[],
    includes: boolean,
  ): { readonly children: readonly Located[]; readonly used: number } {
    let used = 0
    const children = writtenChildren(part).map((child) => {
      const [first] = places
      if (first === undefined || !isMapPart(child) || hasPlace(child)) return child
      const place = includes ? (places[used++ % places.length] ?? first) : first
      return overlaid(child, mapPart([['location', valuePart(place, child)]], child))
    })
    return { children, used: Math.min(used, places.length) }
  }

  #made(
    spec: Located | undefined,
    { place, config, marked }: { readonly place: string; readonly config: Config; readonly marked: boolean },
    fabric: Located,
  ): Located | undefined {
    if (spec === undefined) return undefined
    this.#parts += sizeOf(spec)
    if (this.#parts > MOST_PARTS) {
      this.#tell('BP1001', 'its fabrics come to more than can be read', fabric, 'name fewer locations')
      return undefined
    }
    const [before, after] = fabricLabel({
      base: NAMES.map((key) => textOf(spec.parts.get(key))).find((text) => text !== undefined),
      prefix: textOf(config.get(FABRIC.prefix)),
      suffix: textOf(config.get(FABRIC.suffix)),
    })
    const own = mapPart(
      [
        ['name', valuePart(`${before}${place}${after}`, spec)],
        ['location', valuePart(place, spec)],
        ...(marked ? [['brooklyn.tags', listPart([valuePart(FABRIC.tag, spec)], spec)] as const] : []),
      ],
      spec,
    )
    return overlaid(withFlags(unnamed(spec), config, fabric), own)
  }

  #reportLacking(part: Located, { places, document }: Standing, lacksSpec: boolean): void {
    if (lacksSpec)
      this.#tell(
        'BP1104',
        'a fabric needs the key "memberSpec"',
        part,
        'say what it has in each location',
        document,
      )
    if (places.length > 0) return
    const hint = 'name them with "locations:", at it or above it'
    this.#tell('BP1237', 'it is not known in which locations this fabric is', part, hint, document)
  }

  #tell(
    code: 'BP1001' | 'BP1104' | 'BP1237',
    message: string,
    part: Located,
    ...[hint, document]: Told
  ): void {
    const type = SPELLINGS.type.map((key) => part.parts.get(key)).find((one) => one !== undefined) ?? part
    const file = (type.from ?? document)?.file ?? ''
    this.#desk.reportAt(code, message, { file, range: type.range }, { hint })
  }
}

type Told = [hint: string, document?: SourceDocument]

type Config = ReadonlyMap<string, Located>

const ENTITY_SPEC = '$brooklyn:entitySpec'
const NAMES = ['name', 'displayName'] as const
const CONFIGS: ReadonlySet<string> = new Set(SPELLINGS.config)
const CHILDREN = spellingsOf('children')
const CHILD_KEYS: ReadonlySet<string> = new Set(['services', ...CHILDREN, ...spellingsOf('roles')])
const SPECS = ['memberSpec', 'firstMemberSpec'] as const
const MEMBER_KEYS: ReadonlySet<string> = new Set(
  ([...SPECS, 'controllerSpec'] as const).flatMap((key) => [...spellingsOf(key), ...configSpellingsOf(key)]),
)
const OWN_KEYS: ReadonlySet<string> = new Set([
  ...SPECS.flatMap((key) => [...spellingsOf(key), ...configSpellingsOf(key)]),
  FABRIC.flags,
])

function configOf(part: Located): Config {
  const configs = SPELLINGS.config.map((key) => part.parts.get(key)).filter(isMapPart)
  return new Map(
    configs.flatMap((config) => [...config.parts].map(([key, one]) => [key, tagged(one, config)])),
  )
}

/** What a fabric has in each place; it stands at the fabric or in its config. */
function specIn(part: Located, config: Config, key: (typeof SPECS)[number]): Located | undefined {
  const found = [
    ...spellingsOf(key).map((name) => part.parts.get(name)),
    ...configSpellingsOf(key).map((name) => config.get(name)),
  ].find(isMapPart)
  if (found === undefined) return undefined
  const inner = found.parts.get(ENTITY_SPEC)
  const spec = isMapPart(inner) ? tagged(inner, found) : found
  return tagged(spec, part)
}

function withFlags(spec: Located, config: Config, fabric: Located): Located {
  const flags = config.get(FABRIC.flags)
  if (!isMapPart(flags)) return spec
  return overlaid(spec, mapPart([[CONFIG, raised(tagged(flags, fabric))]], spec))
}

/** What is in each place is called by that; a plan id that all of them have is no name then. */
function unnamed(spec: Located): Located {
  const gone: readonly string[] = [...NAMES, ...SPELLINGS.locations, 'id']
  const rest = mapPart(
    [...spec.parts].filter(([key]) => !gone.includes(key)),
    spec,
  )
  const id = spec.parts.get('id')
  return id === undefined ? rest : overlaid(rest, mapPart([[CONFIG, mapPart([[PLAN_ID, id]], id)]], spec))
}

/** How many members its members have, summed. */
function sizeTold(place: Located): Located {
  const words = {
    type: 'aggregate',
    sensor: 'members.count',
    target: 'fabric.size',
    by: 'sum',
    of: 'children',
  }
  const enricher = mapPart(
    Object.entries(words).map(([key, word]) => [key, valuePart(word, place)] as const),
    place,
  )
  return mapPart([['enrichers', listPart([enricher], place)]], place)
}

function writtenChildren(part: Located): readonly Located[] {
  return CHILDREN.flatMap((key) => {
    const held = part.parts.get(key)
    return Array.isArray(held?.value) ? [...held.parts.values()].map((one) => tagged(one, held)) : []
  })
}

function hasPlace(child: Located): boolean {
  return SPELLINGS.locations.some((key) => child.parts.has(key))
}

/** A fabric without what has become of its children. */
function without(part: Located): Located {
  const entries = [...part.parts]
    .filter(([key]) => !OWN_KEYS.has(key) && !CHILDREN.includes(key))
    .map(([key, child]) => {
      if (!CONFIGS.has(key) || !isMapPart(child)) return [key, child] as const
      const kept = [...child.parts].filter(([inner]) => !OWN_KEYS.has(inner))
      return [key, mapPart(kept, child)] as const
    })
  return mapPart(entries, part)
}

function present(region: Located | undefined, place: Located): Located | undefined {
  return region === undefined ? undefined : mapPart([[FABRIC.region, region]], place)
}

function withChildren(part: Located, children: readonly Located[], config: Located | undefined): Located {
  const own = mapPart([['children', listPart(children, part)]], part)
  const whole = overlaid(part, own)
  return config === undefined ? whole : overlaid(mapPart([[CONFIG, config]], part), whole)
}

function sizeOf(part: Located): number {
  let size = 1
  for (const child of part.parts.values()) size += sizeOf(child)
  return size
}

function textOf(part: Located | undefined): string | undefined {
  const value = part?.value
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : undefined
}
