import type { EntitySpec, Problem, SourcePlace } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import type { Place } from './landscape.js'

/** Names are allowed, none is there twice, and none becomes another's where names are written in lower case with '-'. */
export function checkNames(context: CheckContext): readonly Problem[] {
  const { all } = context.landscape
  return [
    ...all.flatMap((place) => entityNames(place, context)),
    ...all.flatMap((place) => innerNames(place.spec, context)),
    ...sharedNames(context),
    ...sameIds(context),
    ...all.flatMap((place) => siblings(place, context)),
    ...memberHosts(context),
  ]
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/
const INNER_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,254}$/

/** Names that mean something to the language that we are written in. */
const RESERVED = new Set([
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'then',
    'toString',
    'toLocaleString',
    'valueOf',
    'hasOwnProperty',
  ],
  ...[
    'isPrototypeOf',
    'propertyIsEnumerable',
    '__defineGetter__',
    '__defineSetter__',
    '__lookupGetter__',
    '__lookupSetter__',
    'toJSON',
  ],
])

function entityNames(place: Place, context: CheckContext): readonly Problem[] {
  if (place.isMember || place.path === '') return []
  const { name, id } = place.spec
  const at = context.origins.of(place.spec) ?? place.spec.place
  if (!NAME.test(name)) {
    const hint = 'letters, digits, "-" and "_" only, beginning with a letter or digit, at most 63 characters'
    return [problem('BP1201', `"${name.slice(0, 80)}" cannot be the name of an entity`, at, { hint })]
  }
  return [name, id]
    .filter((one) => one !== undefined && RESERVED.has(one))
    .slice(0, 1)
    .map((one) => reserved(one ?? '', at))
}

function reserved(name: string, at: SourcePlace | undefined): Problem {
  return problem('BP1201', `nothing can be called "${name}"`, at, { hint: 'choose another name' })
}

type Named = readonly { readonly name: string }[]

/** What all of an application share. */
function sharedNames(context: CheckContext): readonly Problem[] {
  const { networks, rules, keys, images } = context.landscape.application
  return [networks, rules, keys, images].flatMap((list = []) => listNames(list, context))
}

/** Ports, volumes, addresses, sensors, effectors, parameters, policies, and the keys of config, environment and details. */
function innerNames(spec: EntitySpec, context: CheckContext): readonly Problem[] {
  const lists: readonly Named[] = [
    spec.machine?.ports ?? [],
    spec.volumes,
    spec.addresses ?? [],
    spec.sensors,
    spec.effectors,
    spec.parameters,
  ]
  const { parameters } = spec
  const config = Object.fromEntries(
    Object.entries(spec.config).filter(([key]) => !parameters.some((one) => one.name === key)),
  )
  const keyed = [config, spec.software?.environment ?? {}, spec.machine?.environment ?? {}]
  return [
    ...lists.flatMap((list) => listNames(list, context)),
    ...spec.policies
      .filter((policy) => RESERVED.has(policy.name) && policy.name !== policy.type)
      .map((policy) => reserved(policy.name, policy.place)),
    ...keyed.flatMap((map) =>
      Object.entries(map)
        .filter(([key]) => RESERVED.has(key))
        .map(([key, value]) => reserved(key, context.origins.of(value) ?? spec.place)),
    ),
    ...Object.keys(spec.details)
      .filter((key) => RESERVED.has(key))
      .map((key) => reserved(key, context.origins.of(spec) ?? spec.place)),
  ]
}

function listNames(list: Named, context: CheckContext): readonly Problem[] {
  const seen = new Map<string, { readonly name: string }>()
  return list.flatMap((one) => {
    const at = context.origins.of(one)
    if (RESERVED.has(one.name)) return [reserved(one.name, at)]
    if (!INNER_NAME.test(one.name)) {
      const hint = 'letters, digits and _ . : - only'
      return [problem('BP1201', `"${one.name.slice(0, 80)}" cannot be a name`, at, { hint })]
    }
    const key = plainName(one.name)
    const before = seen.get(key)
    seen.set(key, one)
    return before === undefined ? [] : [twice(one.name, before.name, at, context.origins.of(before))]
  })
}

function twice(
  name: string,
  before: string,
  at: SourcePlace | undefined,
  first: SourcePlace | undefined,
): Problem {
  const message =
    name === before ? `"${name}" is there twice` : `"${name}" and "${before}" become the same name`
  const related =
    first === undefined
      ? {}
      : { related: [{ message: 'the other one is here', file: first.file, range: first.range }] }
  const hint = 'choose names that differ in more than upper and lower case, "_" and "-"'
  return problem('BP1202', message, at, { hint, ...related })
}

/** A name as far ends write it. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}

function siblings(place: Place, context: CheckContext): readonly Problem[] {
  const seen = new Map<string, Place>()
  return place.children.flatMap((child) => {
    const key = plainName(child.spec.name)
    const before = seen.get(key)
    if (before === undefined) seen.set(key, child)
    const at = context.origins.of(child.spec)
    return before === undefined
      ? []
      : [twice(child.spec.name, before.spec.name, at, context.origins.of(before.spec))]
  })
}

/** Of entities with one plan id, who says it means the nearest: that may not be the one that was thought of. */
function sameIds(context: CheckContext): readonly Problem[] {
  const seen = new Map<string, Place>()
  return context.landscape.all.flatMap((place) => {
    const { id } = place.spec
    // The application's own id is no entity's rival.
    if (id === undefined || place.path === '') return []
    const before = seen.get(id)
    if (before === undefined) seen.set(id, place)
    if (before === undefined || before.parent === place.parent) return []
    const at = context.origins.of(place.spec)
    if (isSamePlace(at, context.origins.of(before.spec))) return []
    return [{ ...twice(id, id, at, context.origins.of(before.spec)), severity: 'warning' }]
  })
}

/** One text may be there several times, once for each location. */
function isSamePlace(a: SourcePlace | undefined, b: SourcePlace | undefined): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b)
}

/** The third member of "web" is the host "web-3": no other entity may be. */
function memberHosts(context: CheckContext): readonly Problem[] {
  const roles = new Map(
    context.landscape.all
      .filter((place) => place.member !== undefined && !place.path.includes('*'))
      .map((place) => [plainName(place.path), place] as const),
  )
  return context.landscape.all.flatMap((place) => {
    if (place.isMember || place.path.includes('*')) return []
    const found = /^(.+)-[0-9]+$/.exec(plainName(place.path))
    const role = found?.[1] === undefined ? undefined : roles.get(found[1])
    if (role === undefined || role === place) return []
    const message = `"${place.spec.name}" is also the host name of a member of "${role.spec.name}"`
    return [
      problem('BP1202', message, context.origins.of(place.spec), {
        hint: 'choose a name that does not end in a number',
      }),
    ]
  })
}
