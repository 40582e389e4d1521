import type { PolicySubject } from '../../engine/index.js'
import { groupOf } from '../members.js'

/** How the one that leads is found: fields of enrichers that follow it. */
export const LEADER_FIELD = {
  kind: 'text',
  fallback: 'primary',
  about: 'The sensor that names the path of the one that leads.',
} as const

/** Among whom it is. */
export const FOLLOWERS_FIELD = {
  kind: 'text',
  fallback: 'either',
  oneOf: ['either', 'members', 'children'],
  about: 'Among whom the one is that leads; either: among members where it has any, else among children.',
} as const

/** Among whom the one is that leads an entity, by what `FOLLOWERS_FIELD` was set to. */
export function followersOf(subject: PolicySubject, of: string): 'members' | 'children' {
  return of === 'members' || of === 'children' ? of : groupOf(subject)
}
