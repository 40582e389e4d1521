import type { Problem } from '../engine/index.js'
import type { Body } from './origins.js'

/**
 * What cannot be known for sure because of mistakes that were found before: nothing is said of it, so that one mistake
 * gives one problem.
 */
export interface Doubts {
  /** Whether entities may be there that were not read. */
  readonly names: boolean
  /** Whether networks or rules may be declared that were not read. */
  readonly shared: boolean
  /** Whether an entity may have ports and sensors that were not read. */
  offersOf(body: Body | undefined): boolean
}

/** What follows from the mistakes of form and translation. */
export function doubtsOf(problems: readonly Problem[]): Doubts {
  const errors = problems.filter((one) => one.severity === 'error')
  return {
    names: errors.some(
      (one) => missesName(one) || (UNNAMING.has(one.code) && NAMING.has(meantBy(one) ?? '')),
    ),
    shared: errors.some(isAboutShared),
    offersOf: (body) => body !== undefined && errors.some((one) => isAboutOffers(one, body)),
  }
}

/** Keys that give others something to refer to. */
const NAMING = new Set([
  'name',
  'id',
  'roles',
  'services',
  'children',
  'brooklyn.children',
  'memberSpec',
  'firstMemberSpec',
])

const UNNAMING = new Set(['BP1102', 'BP1103', 'BP1106'])

function missesName({ code, message }: Problem): boolean {
  return code === 'BP1104' && message.endsWith('"name"')
}

/** The key that a problem is about: of an unknown one the key that was meant, undefined where nobody can tell. */
function meantBy(one: Problem): string | undefined {
  if (isUnknownKey(one)) return one.fix?.edits[0]?.text
  return one.pointer?.split('/').findLast((word) => !/^\d+$/.test(word))
}

function isUnknownKey({ code }: Problem): boolean {
  return code === 'BP1103' || code === 'BP1014'
}

/** Keys of the root under which is declared what entities share. */
const SHARED = new Set(['networks', 'network', 'rules'])

function isAboutShared(one: Problem): boolean {
  const [, first = '', ...deeper] = (one.pointer ?? '').split('/')
  if (SHARED.has(first)) return true
  const meant = meantBy(one)
  return isUnknownKey(one) && deeper.length === 0 && (meant === undefined || SHARED.has(meant))
}

/** Keys that say what an entity is, and what of it others can refer to. */
const OFFERING = new Set([
  ...['type', 'serviceType', 'service_type', 'config', 'brooklyn.config', 'brooklyn.flags'],
  ...['launch', 'launch.command', 'run', 'image', 'template', 'offering', 'size', 'install', 'customize'],
  ...['provisioningProperties', 'provisioning.properties', 'port', 'ports', 'sensors', 'count', 'memberSpec'],
])

/** Keys below which the members of an entity stand, whose offers are its own. */
const MEMBERS = new Set(['memberSpec', 'firstMemberSpec', '$brooklyn:entitySpec'])

function isAboutOffers(one: Problem, body: Body): boolean {
  if (one.pointer === undefined) return isUnknownKey(one) && isInside(one, body)
  const words = wordsBelow(one.pointer, body.pointer)
  if (words === undefined) return false
  const [first = '', ...deeper] = words
  const isOwnKey = isUnknownKey(one) && deeper.length === 0
  const key = isOwnKey ? (meantBy(one) ?? '') : first
  return key === '' || OFFERING.has(key)
}

/** The way from an entity to what a problem is about, members passed over; undefined where that is not within it. */
function wordsBelow(pointer: string, entity: string): readonly string[] | undefined {
  if (pointer !== entity && !pointer.startsWith(`${entity}/`)) return undefined
  const words = pointer.slice(entity.length + 1).split('/')
  const own = words.findIndex((word) => !MEMBERS.has(word))
  return own < 0 ? [] : words.slice(own)
}

function isInside({ file, range }: Problem, { place }: Body): boolean {
  if (range === undefined || file !== place.file) return false
  return range.start.line >= place.range.start.line && range.end.line <= place.range.end.line
}
