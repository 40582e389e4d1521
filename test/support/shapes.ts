import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  type AdjunctLookup,
  type ReadShapes,
  type TypeLookup,
  listedAdjuncts,
  listedTypes,
  readShapes,
} from '../../blueprints/index.js'

const FOLDER = resolve(import.meta.dirname, '../../catalog/items/shapes')

/** The shapes that come with the product, as they are read from their files. */
export function shippedShapes(): ReadShapes {
  const names = readdirSync(FOLDER).sort()
  return readShapes(names.map((file) => ({ file, text: readFileSync(join(FOLDER, file), 'utf8') })))
}

/** What documents are compiled with so that they may name them. */
export function shapeOptions(): { readonly types: TypeLookup; readonly adjuncts: AdjunctLookup } {
  const { types, adjuncts } = shippedShapes()
  return { types: listedTypes(types), adjuncts: listedAdjuncts(adjuncts) }
}
