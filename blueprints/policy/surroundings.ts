import type { ApplicationSpec, PolicySurroundings, SensorTypes } from '../../engine/index.js'
import { sensorsGiven } from '../check/enriched.js'
import { type Landscape, type Place, surveyLandscape } from '../check/landscape.js'
import { sensorsOf } from '../check/references.js'
import { sensorsSetFor } from '../check/set-by-workflows.js'
import { suggestionFor } from '../suggest.js'

/**
 * What a policy finds at an entity of an application: the one of this name, or the only one with members. In words what is wrong
 * with the name otherwise.
 */
export function policySurroundings(
  application: ApplicationSpec,
  name: string | undefined,
): PolicySurroundings | { readonly fault: string; readonly hint: string } {
  const landscape = surveyLandscape(application)
  const roles = landscape.all.filter(({ spec }) => spec.members !== undefined)
  const names = landscape.names
  if (name === undefined && roles.length !== 1) {
    const hint = `name the one that it is for: ${names.slice(0, 12).join(', ')}`
    return { fault: `the blueprint has ${roles.length} entities with members`, hint }
  }
  const [place] = name === undefined ? roles : landscape.named(name).filter(({ isMember }) => !isMember)
  if (place === undefined)
    return {
      fault: `there is no entity "${name ?? ''}"`,
      hint: suggestionFor(name ?? '', names) ?? 'it has none',
    }
  const { members } = place.spec
  const children = place.children.map((child) => typesOf(child, landscape))
  return {
    entity: place.path,
    ...(members === undefined
      ? {}
      : { members: { min: members.min, max: members.max, initial: members.initial } }),
    sensors: {
      self: typesOf(place, landscape),
      ...(place.member === undefined ? {} : { members: typesOf(place.member, landscape) }),
      children: Object.assign({}, ...children) as SensorTypes,
    },
  }
}

/** The sensors of an entity with their types; '*' where it may have others, which its place or its enrichers give. */
function typesOf(place: Place, landscape: Landscape): SensorTypes {
  const names = [...sensorsOf(place), ...sensorsSetFor(place, landscape)]
  const declared = new Map(
    [place, place.member].flatMap((one) => one?.spec.sensors ?? []).map((one) => [one.name, one.type]),
  )
  const isOpen = [place, place.member].some(
    (one) => one !== undefined && (one.spec.machine !== undefined || sensorsGiven(one) === 'any'),
  )
  const types = names.map((name) => [name, declared.get(name) ?? TYPES[name] ?? 'json'] as const)
  return Object.fromEntries(isOpen ? [...types, ['*', 'json'] as const] : types)
}

const TYPES: { readonly [sensor: string]: string } = {
  'service.isUp': 'boolean',
  'service.state': 'string',
  'host.name': 'string',
  'host.address': 'string',
  'members.count': 'number',
  'members.up': 'number',
  'members.allUp': 'boolean',
  'members.lastQuarantined': 'string',
  'member.number': 'number',
}
