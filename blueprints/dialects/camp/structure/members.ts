import {
  DEFAULT_MEMBERS,
  type MembersSpec,
  type Predicate,
  type Quorum,
  type ReplacementSpec,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import { type DocumentNode, numberAt, textAt } from '../../../read/document-node.js'
import { durationOf } from '../../../resolve/amounts.js'
import { MOST_MEMBERS } from '../../../resolve/defaults.js'
import { present } from '../../../resolve/present.js'
import type { Fields, Key } from '../keys.js'
import { isPredicateKey, readPredicate } from '../language/predicates.js'
import { readVictims } from './removal.js'
import { readZoneFailure } from './zone-failure.js'

/** How many members an entity has, made from `spec`, and how they are kept. */
export function readMembers(
  fields: Fields,
  { spec, first }: Pick<MembersSpec, 'spec' | 'first'>,
  desk: TranslationDesk,
): MembersSpec {
  const members: MembersSpec = {
    ...DEFAULT_MEMBERS,
    ...readNumbers(fields),
    spec,
    ...present({ first }),
    startQuorum: readQuorum(fields, 'startQuorum', desk) ?? DEFAULT_MEMBERS.startQuorum,
    runningQuorum: readQuorum(fields, 'runningQuorum', desk) ?? DEFAULT_MEMBERS.runningQuorum,
    ...present({ healthyQuorum: readQuorum(fields, 'healthyQuorum', desk), restart: restartOf(fields) }),
    ...readVictims(fields, desk),
    concurrency: fields.numberOr('concurrency', DEFAULT_MEMBERS.concurrency),
    quarantine: fields.get('quarantine')?.flag ?? DEFAULT_MEMBERS.quarantine,
    ...present({
      startWithin: durationOf(fields.get('startTimeout')?.value),
      quarantineFilter: readQuarantineFilter(fields.get('quarantineFilter'), desk),
      zoneFailure: readZoneFailure(fields.get('zoneFailure'), desk),
    }),
    replacement: readReplacement(fields.get('replacement'), desk),
  }
  const [node] = NUMBERS.flatMap((key) => fields.all(key))
  return node === undefined ? members : desk.origins.mark(members, node.place)
}

/**
 * Of what failure a member is set aside: a predicate about its message and its kind. An object of Java says nothing here.
 */
function readQuarantineFilter(node: DocumentNode | undefined, desk: TranslationDesk): Predicate | undefined {
  if (node === undefined || node.value === null) return undefined
  if (node.isMap && node.entries().every(([key]) => isPredicateKey(key))) return readPredicate(node, desk)
  const { keyPlace, pointer } = node
  const hint = 'write a predicate about the failure, e.g. { glob: "*code 4*" }'
  desk.reportAt('BP1241', `"${node.key}" has no effect here`, keyPlace, {
    severity: 'warning',
    pointer,
    hint,
  })
  return undefined
}

function restartOf(fields: Fields): MembersSpec['restart'] {
  const word = fields.get('restartMode')?.text?.toLowerCase()
  return (['off', 'sequential', 'parallel'] as const).find((mode) => mode === word)
}

/** Keys by which an entity says how many members it has. */
const NUMBERS: readonly Key[] = ['count', 'initialSize', 'maxSize', 'minSize']

type Numbers = Pick<MembersSpec, 'initial' | 'min' | 'max'>

/** `count: 3` is exactly three. In a map, and with sizes, what is left out is as wide as it can be. */
function readNumbers(fields: Fields): Numbers {
  const count = fields.get('count')
  if (count?.number !== undefined) return { initial: count.number, min: count.number, max: count.number }
  const initial = numberAt(count, 'initial') ?? fields.numberOr('initialSize', undefined)
  const min = numberAt(count, 'min') ?? fields.numberOr('minSize', undefined)
  const max = numberAt(count, 'max') ?? fields.numberOr('maxSize', undefined)
  const saysNothing = initial === undefined && min === undefined && max === undefined
  const isCluster = fields.get('memberSpec') !== undefined
  return saysNothing && !isCluster ? { initial: 1, min: 1, max: 1 } : widened(initial, min, max)
}

function widened(initial: number | undefined, min: number | undefined, max: number | undefined): Numbers {
  const first = initial ?? min ?? Math.min(1, max ?? 1)
  return { initial: first, min: min ?? Math.min(1, first), max: max ?? MOST_MEMBERS }
}

/** New first makes one more for a while; old first does with one fewer. */
function readReplacement(node: DocumentNode | undefined, desk: TranslationDesk): ReplacementSpec {
  const standard: ReplacementSpec =
    textAt(node, 'order') === 'old-first'
      ? { order: 'old-first', surge: 0, unavailable: 1 }
      : DEFAULT_MEMBERS.replacement
  if (node === undefined) return standard
  const replacement: ReplacementSpec = {
    ...standard,
    surge: numberAt(node, 'surge') ?? standard.surge,
    unavailable: numberAt(node, 'unavailable') ?? standard.unavailable,
  }
  return desk.origins.mark(replacement, node.place)
}

const QUORUMS: { readonly [word: string]: Quorum } = {
  all: { kind: 'all' },
  allAndAtLeastOne: { kind: 'all-and-at-least-one' },
  atLeastOne: { kind: 'at-least-one' },
  'at-least-one': { kind: 'at-least-one' },
  atLeastOneUnlessEmpty: { kind: 'at-least-one-unless-empty' },
  'at-least-one-unless-empty': { kind: 'at-least-one-unless-empty' },
  alwaysHealthy: { kind: 'always' },
  always: { kind: 'always' },
}

/** How many members of a group must be up for it to be up, and not to be shown as failed. */
export function readQuorums(
  fields: Fields,
  desk: TranslationDesk,
): { readonly quorum?: Quorum; readonly healthyQuorum?: Quorum } {
  return present({
    quorum: readQuorum(fields, 'runningQuorum', desk),
    healthyQuorum: readQuorum(fields, 'healthyQuorum', desk),
  })
}

/** How many must be so; undefined where nothing is said. */
function readQuorum(fields: Fields, key: Key, desk: TranslationDesk): Quorum | undefined {
  const node = fields.get(key)
  const quorum = node === undefined ? undefined : quorumOf(node)
  return node === undefined || quorum === undefined ? undefined : desk.origins.mark({ ...quorum }, node.place)
}

/** Points by the number that they are for, each number once. */
function pointsOf(node: DocumentNode): Extract<Quorum, { readonly kind: 'points' }>['points'] {
  const points = node.items().map((item) => {
    const [of, needed] = item.items()
    return { of: of?.number ?? 0, needed: needed?.number ?? 0 }
  })
  const byNumber = new Map(points.map((point) => [point.of, point]))
  return [...byNumber.values()].sort((a, b) => a.of - b.of)
}

/** Brooklyn's -1 is all. */
function quorumOf(node: DocumentNode): Quorum | undefined {
  const { text, number } = node
  if (node.isList) return { kind: 'points', points: pointsOf(node) }
  if (number !== undefined) return number < 0 ? { kind: 'all' } : { kind: 'number', count: number }
  if (text?.endsWith('%') === true) return { kind: 'percent', percent: Number(text.slice(0, -1)) }
  return text !== undefined && Object.hasOwn(QUORUMS, text) ? QUORUMS[text] : undefined
}
