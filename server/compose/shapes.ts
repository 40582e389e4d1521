import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AdjunctLookup,
  type AdjunctType,
  type EntityType,
  type ReadShapes,
  type TypeLookup,
  lazyAdjuncts,
  lazyTypes,
  listedAdjuncts,
  listedTypes,
  readShapes,
  shippedPolicy,
} from '../../blueprints/index.js'
import { InvariantError } from '../../engine/index.js'
import type { TypeDescription } from '../handlers/index.js'
import { productFolder } from './config.js'

/** Types that documents may name though nothing here makes them, read when one is looked for. */
export interface Shapes {
  readonly types: TypeLookup
  readonly adjuncts: AdjunctLookup
  /** As the catalog shows them. */
  described(): readonly TypeDescription[]
}

/** The shapes that come with the product: most documents name none of them, and then none is read. */
export function shippedShapes(): Shapes {
  let read: ReadShapes | undefined
  let policies: readonly AdjunctType[] | undefined
  const shapes = (): ReadShapes => (read ??= readAll())
  const adjuncts = (): readonly AdjunctType[] => [...(policies ??= readPolicies()), ...shapes().adjuncts]
  return {
    types: lazyTypes(() => listedTypes(shapes().types)),
    adjuncts: lazyAdjuncts(() => listedAdjuncts(adjuncts())),
    described: () => [...shapes().types.map(describedType), ...adjuncts().map(describedAdjunct)],
  }
}

function describedType({ name, description, schema, shape }: EntityType): TypeDescription {
  return {
    name,
    kind: 'entity',
    description,
    schema,
    origin: 'shapes',
    ...(shape === undefined ? {} : { shape }),
  }
}

/** Of one that does not act, what is said is checked. */
function describedAdjunct({ name, kind, description, keys, acts = false }: AdjunctType): TypeDescription {
  const shape = { sensors: [], effectors: [] }
  const properties = keys.map(
    (key) => [key.name, key.description === undefined ? {} : { description: key.description }] as const,
  )
  const schema = { type: 'object', properties: Object.fromEntries(properties) }
  return { name, kind, description, schema, origin: 'shapes', ...(acts ? {} : { shape }) }
}

function readAll(): ReadShapes {
  const folder = productFolder('catalog', 'items', 'shapes')
  const names = readdirSync(folder).sort()
  const shapes = readShapes(names.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') })))
  const [first] = shapes.problems
  if (first !== undefined) throw new InvariantError(`the shapes cannot be read: ${first.message}`)
  return shapes
}

/** The policy documents that come with the product. */
function readPolicies(): readonly AdjunctType[] {
  const folder = productFolder('catalog', 'items', 'policies')
  const names = readdirSync(folder).filter((name) => name.endsWith('.policy.yaml'))
  return names.sort().map((file) => shippedPolicy(readFileSync(join(folder, file), 'utf8'), file))
}
