import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AdjunctLookup,
  type ReadShapes,
  type TypeDescription,
  type TypeLookup,
  lazyAdjuncts,
  lazyTypes,
  listedAdjuncts,
  listedTypes,
  readShapes,
} from '../../blueprints/index.js'
import { InvariantError } from '../../engine/index.js'
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
  const shapes = (): ReadShapes => (read ??= readAll())
  return {
    types: lazyTypes(() => listedTypes(shapes().types)),
    adjuncts: lazyAdjuncts(() => listedAdjuncts(shapes().adjuncts)),
    described: () =>
      shapes().types.map(({ name, description, schema }) => ({ name, kind: 'entity', description, schema })),
  }
}

function readAll(): ReadShapes {
  const folder = productFolder('catalog', 'items', 'shapes')
  const names = readdirSync(folder).sort()
  const shapes = readShapes(names.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') })))
  const [first] = shapes.problems
  if (first !== undefined) throw new InvariantError(`the shapes cannot be read: ${first.message}`)
  return shapes
}
