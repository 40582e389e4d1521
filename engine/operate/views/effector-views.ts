import type { EffectorView, ParameterView } from '../../entity/view.js'
import type { WorldSources } from '../../reconcile/facts/tracked-world.js'
import type { ParameterSpec } from '../../spec/entity-spec.js'
import type { Json } from '../../support/json.js'
import { generalEffectors } from '../effectors/general-effectors.js'
import { shownConfig } from './config-views.js'
import { entityAt } from './views.js'

/** What an entity can be asked to do, and with what. Undefined when there is no such entity. */
export function effectorViews(sources: WorldSources, path: string): readonly EffectorView[] | undefined {
  if (entityAt(sources, path) === undefined) return undefined
  const node = sources.landscape.tree.at(path)
  const effectors = node === undefined ? [] : [...node.spec.effectors, ...generalEffectors(node, path)]
  return effectors.map(({ name, description, parameters }) => {
    const defaults = shownDefaults(sources, path, parameters)
    return {
      name,
      description: description ?? '',
      parameters: parameters.map((parameter) => parameterView(parameter, defaults[parameter.name])),
    }
  })
}

function shownDefaults(
  sources: WorldSources,
  path: string,
  parameters: readonly ParameterSpec[],
): { readonly [name: string]: Json } {
  const given = parameters.flatMap(({ name, default: value }) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return shownConfig(sources, path, Object.fromEntries(given))
}

function parameterView(
  { name, type, description, required, constraints }: ParameterSpec,
  fallback: Json | undefined,
): ParameterView {
  return {
    name,
    type,
    description: description ?? '',
    required,
    ...(fallback === undefined ? {} : { default: fallback }),
    constraints,
  }
}
