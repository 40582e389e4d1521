import {
  type Expression,
  type Json,
  type OtherValues,
  type ParameterSpec,
  type Problem,
  type SourcePlace,
  absenceFault,
  configLayers,
  isBlank,
  parameterFault,
} from '../../engine/index.js'
import { problem } from '../problems.js'
import { namesIn } from '../resolve/constraints.js'
import { present } from '../resolve/present.js'
import { suggestionFor } from '../suggest.js'
import type { CheckContext } from './context.js'
import type { Place } from './landscape.js'

/**
 * Every parameter of every entity has a value where it needs one, and what comes to it from above, or beside another
 * value, fits too. What is written at the entity itself was checked when it was read.
 */
export function checkParameters(context: CheckContext): readonly Problem[] {
  return context.landscape.all.flatMap((place) =>
    place.spec.parameters.flatMap((parameter) => [
      ...checkParameter(parameter, place, context),
      ...checkNamed(parameter, place, context),
    ]),
  )
}

function checkParameter(parameter: ParameterSpec, place: Place, context: CheckContext): readonly Problem[] {
  const [nearest] = configLayers(place, parameter.name)
  const others = othersOf(place)
  if (nearest === undefined) return absent(parameter, others, context)
  const { expression } = nearest
  const isOwn = nearest.node === place
  const fault = faultOf(parameter, expression, { others, isOwn })
  if (fault === undefined) return []
  const at = context.origins.of(expression) ?? context.origins.of(parameter) ?? place.spec.place
  return [problem('BP1702', `the value of "${parameter.name}" ${fault}`, at, hintFor(parameter, expression))]
}

function absent(parameter: ParameterSpec, others: OtherValues, context: CheckContext): readonly Problem[] {
  const fault = absenceFault(parameter, others)
  if (fault === undefined) return []
  const hint = `give it a default, or a value at deployment: ${parameter.name}=…`
  return [
    problem('BP1701', `the parameter "${parameter.name}" ${fault}`, context.origins.of(parameter), { hint }),
  ]
}

interface Standing {
  readonly others: OtherValues
  readonly isOwn: boolean
}

function faultOf(
  parameter: ParameterSpec,
  value: Expression,
  { others, isOwn }: Standing,
): string | undefined {
  if (value.kind === 'literal' && value.value !== null) {
    const alone = parameterFault(parameter, value.value)
    return isOwn && alone !== undefined ? undefined : parameterFault(parameter, value.value, others)
  }
  if (value.kind === 'literal') return undefined
  // What is not known yet is there at least.
  const relations = parameter.constraints.filter((constraint) => namesIn(constraint).length > 0)
  return parameterFault({ type: 'any', constraints: relations }, true, others)
}

function hintFor(parameter: ParameterSpec, value: Expression): { readonly hint: string } {
  const isShown = value.kind === 'literal' && parameter.type !== 'secret'
  return { hint: isShown ? `it is ${JSON.stringify(value.value).slice(0, 60)}` : 'its value is not shown' }
}

/** The other values that an entity sees. */
function othersOf(place: Place): OtherValues {
  const valueOf = (name: string): Json | undefined => {
    const [layer] = configLayers(place, name)
    return layer?.expression.kind === 'literal' ? layer.expression.value : undefined
  }
  return {
    valueOf,
    isGiven: (name) => {
      const [layer] = configLayers(place, name)
      return layer !== undefined && (layer.expression.kind !== 'literal' || !isBlank(valueOf(name)))
    },
  }
}

/** A constraint that looks at a value which nobody declares or gives is probably misspelt. */
function checkNamed(parameter: ParameterSpec, place: Place, context: CheckContext): readonly Problem[] {
  const known = knownTo(place)
  return parameter.constraints.flatMap((constraint) =>
    [...new Set(namesIn(constraint))]
      .filter((name) => !known.has(name))
      .map((name) => {
        const at: SourcePlace | undefined = context.origins.of(constraint) ?? context.origins.of(parameter)
        const hint = suggestionFor(
          name,
          [...known].filter((one) => one !== parameter.name),
        )
        const message = `nothing is called "${name}" that "${parameter.name}" could look at`
        return problem('BP1703', message, at, { severity: 'warning', ...present({ hint }) })
      }),
  )
}

function knownTo(place: Place): ReadonlySet<string> {
  const known = new Set<string>()
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    for (const { name } of at.spec.parameters) known.add(name)
    for (const name of Object.keys(at.spec.config)) known.add(name)
  }
  return known
}
