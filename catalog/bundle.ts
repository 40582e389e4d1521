import {
  type AdjunctLookup,
  type CatalogSource,
  type ItemDefinition,
  type ReadCatalog,
  problem,
  readCatalog,
  stockTypeLookup,
} from '../blueprints/index.js'
import { type Problem, type SourcePlace, digestOfText } from '../engine/index.js'

/** Items that were added together, under a name and a version of their own. */
export interface Bundle {
  readonly id: string
  readonly version: string
  readonly name?: string
  readonly description?: string
  readonly iconUrl?: string
  readonly items: readonly ItemDefinition[]
}

/** What a bundle's documents hold. */
export interface ReadBundle {
  /** Absent: there is no telling what it is. */
  readonly bundle?: Bundle
  readonly problems: readonly Problem[]
  /** Documents that it takes items from and that may still come. */
  readonly missing: readonly string[]
}

/** Items of one bundle at most. */
export const MOST_ITEMS = 500

/** The version of what says none: a snapshot, so that it may be changed. */
const NO_VERSION = '0.0.0-SNAPSHOT'

/**
 * Reads a bundle. One that does not say its name has the id of its only item, or a name made from its text.
 * @source Brooklyn gives a bundle without a name another one each time it is added
 */
export function readBundle(source: CatalogSource, adjuncts: AdjunctLookup): ReadBundle {
  const read = readCatalog(source, adjuncts)
  const { bundle: notes, items, missing } = read
  if (notes === undefined) return { problems: read.problems, missing }
  const { place, version = NO_VERSION, ...said } = notes
  const [only, second] = items
  const alone = second === undefined ? only?.id : undefined
  const id = said.id ?? alone ?? `catalog-${digestOfText(source.text).slice(0, 12)}`
  const bundle: Bundle = { ...said, id, version, items }
  return { bundle, problems: [...read.problems, ...faultsOf(bundle, place, read)], missing }
}

function faultsOf(bundle: Bundle, place: SourcePlace, { items }: ReadCatalog): readonly Problem[] {
  return [
    ...nameFaults({ ...bundle, place }),
    ...items.flatMap(nameFaults),
    ...twiceDefined(items),
    ...hiddenByStock(items),
    ...tooMany(items),
  ]
}

const NAME = /^\w[\w.-]{0,127}$/
const VERSION = /^(?!latest$)\w[\w.+-]{0,63}$/

function nameFaults(one: Pick<ItemDefinition, 'id' | 'version' | 'place'>): readonly Problem[] {
  const { id, version, place } = one
  const hint = 'use letters, digits, ".", "_" and "-", and do not begin with a sign'
  return [
    ...(NAME.test(id) ? [] : [problem('BP1220', `"${id.slice(0, 200)}" cannot be an id`, place, { hint })]),
    ...(VERSION.test(version)
      ? []
      : [problem('BP1220', `"${version.slice(0, 200)}" cannot be a version`, place, { hint })]),
  ]
}

function twiceDefined(items: readonly ItemDefinition[]): readonly Problem[] {
  const first = new Map<string, ItemDefinition>()
  return items.flatMap((item) => {
    const name = `${item.id}:${item.version}`
    const earlier = first.get(name)
    if (earlier === undefined) {
      first.set(name, item)
      return []
    }
    const related = [{ message: 'first defined here', ...earlier.place }]
    return [
      problem('BP1221', `the item ${name} is defined twice`, item.place, { related, hint: 'leave one out' }),
    ]
  })
}

function hiddenByStock(items: readonly ItemDefinition[]): readonly Problem[] {
  const stock = stockTypeLookup()
  return items
    .filter(({ id }) => stock.find(id) !== undefined)
    .map(({ id, version, place }) =>
      problem('BP1226', `"${id}" alone means the type that comes with the product`, place, {
        severity: 'warning',
        hint: `name it ${id}:${version}, or give it an id of its own`,
      }),
    )
}

function tooMany(items: readonly ItemDefinition[]): readonly Problem[] {
  const first = items[MOST_ITEMS]
  if (first === undefined) return []
  const hint = 'part it into several bundles'
  return [
    problem('BP1225', `a bundle has at most ${MOST_ITEMS} items; this has ${items.length}`, first.place, {
      hint,
    }),
  ]
}
