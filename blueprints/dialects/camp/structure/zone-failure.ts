import type { MembersSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { durationOf } from '../../../resolve/amounts.js'
import { present } from '../../../resolve/present.js'

/** Brooklyn's detector of zones that have failed; no other is known here. */
const PROPORTIONAL = 'ProportionalZoneFailureDetector'

/**
 * When a zone counts as failed: by Brooklyn's detector, with what it is constructed of. Undefined where nothing is said, or
 * nothing more than what holds in any case; another detector is told of.
 */
export function readZoneFailure(
  node: DocumentNode | undefined,
  desk: TranslationDesk,
): MembersSpec['zoneFailure'] {
  if (node === undefined || node.value === null) return undefined
  const { type, given } = objectIn(node)
  const isKnown = type === PROPORTIONAL
  if (isKnown && given.length === 0) return undefined
  const rule = isKnown ? ruleOf(given) : undefined
  if (rule === undefined) tell(node, isKnown ? CONSTRUCTED : ANOTHER, desk)
  return rule
}

/** What an object is made of. */
function objectIn(node: DocumentNode): { readonly type?: string; readonly given: readonly DocumentNode[] } {
  const object = node.get('$brooklyn:object') ?? node
  const type = (object.get('type') ?? object.get('objectType'))?.text?.split('.').at(-1)
  return { ...present({ type }), given: object.get('constructor.args')?.items() ?? [] }
}

const CONSTRUCTED =
  'it is constructed of how many attempts, within how long, and the share of failures: [2, 1h, 0.9]'
const ANOTHER = `a zone has failed where nine in ten attempts within an hour did; ${PROPORTIONAL} says other numbers`

function ruleOf([least, span, part]: readonly DocumentNode[]): MembersSpec['zoneFailure'] {
  const within = durationOf(span?.value)
  const [attempts, share] = [least?.number ?? NaN, part?.number ?? NaN]
  const isFine = Number.isInteger(attempts) && share >= 0 && share <= 1
  return isFine && within !== undefined ? { attempts, within, share } : undefined
}

function tell(node: DocumentNode, hint: string, desk: TranslationDesk): void {
  const message = `"${node.key}" has no effect here`
  desk.reportAt('BP1241', message, node.keyPlace, { severity: 'warning', pointer: node.pointer, hint })
}
