import type { InheritanceMode } from '../../../../engine/index.js'
import type { Located } from '../../../read/document.js'
import { isMapPart, mapPart, tagged, textOfPart, valuePart } from '../../../read/graft.js'
import { normalName } from '../../../suggest.js'
import { spellingsOf } from '../keys.js'
import { INHERITANCE_MODES } from '../parameters/parameters-form.js'

/** What becomes of a type's value of a key at what is made from the type. */
export type TypeInheritance = 'nothing' | 'unless-given' | 'merged'

/**
 * How values of config keys come from a type, whose parameters stand in `below`, to what is made from it: as the nearest
 * declaration says. A value that is not inherited again comes from a type that does not know its key, and from no other.
 */
export function typeInheritance(
  below: ReadonlyMap<string, Located>,
  above: ReadonlyMap<string, Located>,
): (key: string) => TypeInheritance {
  const declared = modesIn(below)
  const own = modesIn(above)
  return (key) => OUTCOMES[own.get(key) ?? declared.get(key) ?? 'overwrite'](declared.has(key))
}

const OUTCOMES: { readonly [mode in InheritanceMode]: (isKnown: boolean) => TypeInheritance } = {
  never: () => 'nothing',
  'not-reinherited': (isKnown) => (isKnown ? 'nothing' : 'unless-given'),
  'not-reinherited-else-deep-merge': (isKnown) => (isKnown ? 'nothing' : 'merged'),
  overwrite: () => 'unless-given',
  'deep-merge': () => 'merged',
}

/** The modes of all parameters that an entity declares; undefined where one says none. */
function modesIn(root: ReadonlyMap<string, Located>): ReadonlyMap<string, InheritanceMode | undefined> {
  const parameters = spellingsOf('parameters').flatMap((key) => {
    const held = root.get(key)
    return held === undefined ? [] : parametersOf(held)
  })
  return new Map(
    parameters.flatMap((parameter) => {
      const name = nameOf(parameter)
      return name === undefined ? [] : [[name, modeOf(parameter)] as const]
    }),
  )
}

function modeOf(parameter: Located): InheritanceMode | undefined {
  const written = textOfPart(parameter.parts.get('inheritance.type'))
  return written === undefined ? undefined : INHERITANCE_MODES[normalName(written)]
}

/** Parameters as a list, however they are written. */
export function parametersOf(part: Located): readonly Located[] {
  if (Array.isArray(part.value)) return [...part.parts.values()].map((item) => tagged(item, part))
  return [...part.parts].map(([name, item]) => {
    const place = tagged(item, part)
    const inner = isMapPart(place) ? place.parts : []
    return mapPart([['name', valuePart(name, place)], ...inner], place)
  })
}

/** The name of a parameter; undefined where it has none. */
export function nameOf(parameter: Located): string | undefined {
  return textOfPart(parameter) ?? textOfPart(parameter.parts.get('name'))
}
