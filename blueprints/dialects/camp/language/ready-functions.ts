import { type Expression, type Json, isJsonObject, literal } from '../../../../engine/index.js'

type Entries = { readonly [key: string]: Expression }

/**
 * What stands here for a ready function of Java that an enricher is set to: a word, or the values of a map with `*` for any
 * other; undefined for one that nothing stands for.
 */
export function readyFunction(type: string, entries: Entries): Expression | undefined {
  const name = type.replace(/^.*[.$:]/, '')
  if (name === 'FirstElementFunction') return literal('first')
  const isByMap = name === 'Functions' && plainOf(entries['factoryMethod.name']) === 'forMap'
  return isByMap ? byMap(plainOf(entries['factoryMethod.args'])) : undefined
}

/** @source Guava: Functions.forMap takes a map, and what is meant where that has nothing. */
function byMap(given: Json | undefined): Expression | undefined {
  if (!Array.isArray(given)) return undefined
  const [map, ...other] = given as readonly Json[]
  if (map === undefined || !isJsonObject(map)) return undefined
  return literal(other[0] === undefined ? map : { ...map, '*': other[0] })
}

/** A value that is written out as a whole. */
function plainOf(expression: Expression | undefined): Json | undefined {
  switch (expression?.kind) {
    case 'literal':
      return expression.value
    case 'list':
      return all(expression.items.map(plainOf))
    case 'map': {
      const values = all(Object.values(expression.entries).map(plainOf))
      return (
        values &&
        Object.fromEntries(Object.keys(expression.entries).map((key, at) => [key, values[at] ?? null]))
      )
    }
    default:
      return undefined
  }
}

function all(values: readonly (Json | undefined)[]): Json[] | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === values.length ? known : undefined
}
