import type { Random } from './ids.js'
import { InvariantError } from './invariant.js'

/** What a made password is like. */
export interface PasswordRules {
  /** Characters in it. */
  readonly length: number
  /** Sets of characters, at least one of each of which is in it; there are no more of them than characters. */
  readonly groups: readonly string[]
}

/** Letters and digits of both cases: what every place takes. */
export const PASSWORD_GROUPS: readonly string[] = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
]

/** A new password. As hard to guess as `random` is. */
export function newPassword({ length, groups }: PasswordRules, random: Random): string {
  const all = [...new Set(groups.flatMap((group) => Array.from(group)))]
  if (all.length === 0 || length < groups.length)
    throw new InvariantError(`no password of ${length} characters can be made`)
  const must = groups.map((group) => oneOf(Array.from(group), random))
  const rest = Array.from({ length: length - must.length }, () => oneOf(all, random))
  return shuffled([...must, ...rest], random).join('')
}

function oneOf(characters: readonly string[], random: Random): string {
  return characters[below(characters.length, random)] ?? ''
}

/** Fisher and Yates: every order is as likely. */
function shuffled(characters: readonly string[], random: Random): readonly string[] {
  const order = [...characters]
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = below(at + 1, random)
    const held = order[at] ?? ''
    order[at] = order[other] ?? ''
    order[other] = held
  }
  return order
}

function below(bound: number, random: Random): number {
  return Math.floor(random.next() * bound)
}
