import { clearText } from '../expression/value.js'
import type { TreeAction } from '../spec/step-action.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import type { TreeRequest } from './tree-request.js'
import { entityOf, failing, kept, known, type Known, type Walk } from './walk.js'

type Adjoining = Extract<TreeAction, { readonly kind: 'initialise' | 'add-policy' | 'remove-policy' }>

/** What is to be added to an entity, or taken away; fails where there is nothing of the name. */
export function adjunctOf(walk: Walk, does: Adjoining, frame: Frame): Known<TreeRequest> {
  const entity = entityOf(walk, does.of, frame)
  if ('flow' in entity) return entity
  if (!walk.world.exists(entity.value)) return missing(`there is no entity ${entity.value}`)
  if (does.kind === 'remove-policy') return removalOf(walk, does, entity.value, frame)
  const made = kept(walk, does.blueprint, frame)
  if ('flow' in made) return made
  const request = { kind: 'adjoin', entity: entity.value, blueprint: made.value } as const
  if (does.kind === 'initialise') return { value: { ...request, what: 'initializer' } }
  const name = does.name === undefined ? undefined : known(walk, does.name, frame)
  if (name !== undefined && 'flow' in name) return name
  const said = name === undefined ? {} : { name: clearText(name.value) }
  return { value: { ...request, what: 'policy', ...said } }
}

function removalOf(
  walk: Walk,
  does: Extract<Adjoining, { readonly kind: 'remove-policy' }>,
  entity: string,
  frame: Frame,
): Known<TreeRequest> {
  const said = known(walk, does.name, frame)
  if ('flow' in said) return said
  const name = walk.world.policy(entity, clearText(said.value))
  return name === undefined
    ? missing(`${entity === '' ? 'the application' : entity} has no policy ${clearText(said.value)}`)
    : { value: { kind: 'detach', entity, name } }
}

function missing(message: string): Known<TreeRequest> {
  return { flow: failing(runError(message, 'missing')) }
}
