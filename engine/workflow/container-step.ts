import { secretIn, text, type Value } from '../expression/value.js'
import type { Expression } from '../spec/expression.js'
import type { ContainerAction } from '../spec/step-action.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import type { ContainerRequest } from './run-record.js'
import { failing, keptAll, known, textOf, type Known, type Walk } from './walk.js'

/** Bytes of each stream that are kept where a step does not say how many. */
const STREAM = 100_000

/** The container of a step, as it is announced: with the place where it is looked for again. */
export function containerRequest(walk: Walk, does: ContainerAction, frame: Frame): Known<ContainerRequest> {
  const words = each(['entrypoint', 'command', 'script'], does, (given) => wordsOf(walk, given, frame))
  if ('flow' in words) return words
  const texts = each(['image', 'workingDirectory'], does, (given) => textOf(walk, given, frame))
  if ('flow' in texts) return texts
  const environment = keptAll(walk, does.environment, frame)
  if ('flow' in environment) return environment
  const place = placeOf(walk, does.location, frame)
  if ('flow' in place) return place
  const { script, ...lists } = words.value
  return {
    value: {
      ...{ kind: 'container', entity: frame.block.entity, location: place.value, image: '' },
      ...texts.value,
      ...lists,
      ...(script === undefined ? {} : { script: script.join('\n') }),
      environment: environment.value,
      pull: does.pull ?? 'missing',
      limit: does.limit ?? STREAM,
    },
  }
}

function placeOf(walk: Walk, given: Expression | undefined, frame: Frame): Known<string> {
  const named = given === undefined ? { value: undefined } : textOf(walk, given, frame)
  if ('flow' in named) return named
  const place = walk.world.containerPlace(frame.block.entity, named.value)
  return 'reason' in place
    ? { flow: failing(runError(place.reason, 'unsupported')) }
    : { value: place.location }
}

/** What is known of each that is given, or how the step goes on without one of them. */
function each<K extends string, T>(
  keys: readonly K[],
  given: { readonly [key in K]?: Expression },
  read: (given: Expression) => Known<T>,
): Known<{ readonly [key in K]?: T }> {
  const found: { [key in K]?: T } = {}
  for (const key of keys) {
    const expression = given[key]
    if (expression === undefined) continue
    const one = read(expression)
    if ('flow' in one) return one
    found[key] = one.value
  }
  return { value: found }
}

/** Words for a command; one value is a list of it. Others can read what is run, so nothing in it may be secret. */
function wordsOf(walk: Walk, given: Expression, frame: Frame): Known<readonly string[]> {
  const found = known(walk, given, frame)
  if ('flow' in found) return found
  const { value } = found
  const secret = secretIn(value)
  if (secret !== undefined) {
    const message = `what a container runs cannot hold a secret (${secret.name}): give it by "env"`
    return { flow: failing(runError(message)) }
  }
  const all = Array.isArray(value) ? (value as readonly Value[]) : [value]
  return { value: all.map((one) => String(text(one))) }
}
