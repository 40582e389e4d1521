import type { ExpectSpec, ExpectedIntent, Intent } from '../../engine/index.js'
import { formatDuration } from '../config/duration.js'
import { type Asked, shortOf } from './asked.js'
import { pathOf } from './troupe.js'

/** What was not asked for as it was expected, in the order of what was. Each looks at what comes after the one before. */
export function judge(
  asked: readonly Asked[],
  expected: readonly ExpectSpec[],
  from: number,
): readonly string[] {
  let next = 0
  return expected.flatMap((one) => {
    const found = one.what.kind === 'nothing' ? undefined : firstMatch(asked, one, { next, from })
    if (found !== undefined) {
      next = asked[found]?.intent.kind === 'hold' ? found : found + 1
      return []
    }
    const within = asked.slice(next).filter(({ at }) => at <= from + one.by)
    const acts = within.filter(({ intent }) => intent.kind !== 'hold')
    if (one.what.kind !== 'nothing') return [missing(one, acts.length > 0 ? acts : within, from)]
    next += within.length
    return acts.length === 0
      ? []
      : [`nothing was expected until ${shown(one.by)}, but it asked: ${told(acts, from)}`]
  })
}

function firstMatch(
  asked: readonly Asked[],
  expected: ExpectSpec,
  { next, from }: { readonly next: number; readonly from: number },
): number | undefined {
  const found = asked.findIndex(
    (one, place) => place >= next && isTimely(one, expected, from) && fits(one.intent, expected),
  )
  return found < 0 ? undefined : found
}

function isTimely({ at, until }: Asked, expected: ExpectSpec, from: number): boolean {
  if (expected.at === undefined) return at <= from + expected.by
  return at <= from + expected.at && until >= from + expected.at
}

function fits(intent: Intent, { what, why }: ExpectSpec): boolean {
  return isMeant(intent, what) && (why === undefined || saysWhy(intent, why))
}

function isMeant(intent: Intent, what: ExpectedIntent): boolean {
  switch (what.kind) {
    case 'restart':
    case 'replace':
      return intent.kind === what.kind && isOf(intent.entity, what.member)
    case 'call':
      return (
        intent.kind === what.kind && intent.effector === what.effector && isOf(intent.entity, what.member)
      )
    case 'nothing':
      return false
    default:
      return isSame(intent, what)
  }
}

/** Whether an intent that is about no member is the one that is expected. */
function isSame(
  intent: Intent,
  what: Extract<ExpectedIntent, { kind: 'scale' | 'suspend' | 'hold' }>,
): boolean {
  if (intent.kind === 'scale') return what.kind === 'scale' && intent.count === what.count
  if (intent.kind === 'hold') return what.kind === 'hold' && intent.rule === what.rule
  if (intent.kind !== 'suspend' || what.kind !== 'suspend') return false
  return intent.policy === what.policy && intent.on === what.on
}

function isOf(entity: string, member: number | undefined): boolean {
  return member === undefined || entity === pathOf(member)
}

function saysWhy(intent: Intent, why: string): boolean {
  const said = intent.kind === 'hold' ? `${intent.rule} ${intent.reason}` : intent.reason
  return said.toLowerCase().includes(why.toLowerCase())
}

function missing(expected: ExpectSpec, within: readonly Asked[], from: number): string {
  const time = expected.at === undefined ? `by ${shown(expected.by)}` : `at ${shown(expected.at)}`
  const why = expected.why === undefined ? '' : `, because of "${expected.why}"`
  return `"${wanted(expected.what)}" was expected ${time}${why}; it asked: ${told(within, from)}`
}

function wanted(what: ExpectedIntent): string {
  switch (what.kind) {
    case 'scale':
      return `scale to ${what.count}`
    case 'restart':
    case 'replace':
      return `${what.kind} member ${what.member}`
    case 'call':
      return `call ${what.effector}${what.member === undefined ? '' : ` of member ${what.member}`}`
    case 'suspend':
      return `${what.on ? 'suspend' : 'resume'} ${what.policy}`
    case 'hold':
      return `hold (${what.rule})`
    case 'nothing':
      return 'nothing'
  }
}

function told(asked: readonly Asked[], from: number): string {
  if (asked.length === 0) return 'nothing'
  const lines = asked
    .slice(-MOST_TOLD)
    .map(({ intent, at }) => `${shortOf(intent)} at ${shown(at - from)} (${intent.reason})`)
  return `${asked.length > MOST_TOLD ? '… ' : ''}${lines.join('; ')}`
}

const MOST_TOLD = 4

function shown(milliseconds: number): string {
  return formatDuration(milliseconds)
}
