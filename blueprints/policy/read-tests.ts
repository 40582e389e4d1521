import {
  type ExpectSpec,
  type ExpectedIntent,
  type GivenOf,
  type GivenSpec,
  type JsonObject,
  type PolicyParameter,
  type PolicyTestSpec,
  type PoolEvent,
  isJsonObject,
} from '../../engine/index.js'
import { type DocumentNode, numberAt, textAt } from '../read/document-node.js'
import { plainCopy } from '../read/plain-copy.js'
import { durationAt, durationOf } from '../resolve/amounts.js'
import { present } from '../resolve/present.js'
import type { Notes } from './notes.js'
import { readGiven } from './read-parameters.js'

/** What tests are read with. */
export interface TestReading {
  readonly parameters: readonly PolicyParameter[]
  /** Members of a test that does not say how many. */
  readonly members: number
  readonly notes: Notes
}

/** The tests under a key. */
export function readTests(node: DocumentNode | undefined, reading: TestReading): readonly PolicyTestSpec[] {
  return (node?.items() ?? []).map((item) => readTest(item, reading))
}

function readTest(node: DocumentNode, reading: TestReading): PolicyTestSpec {
  const expect = readExpectations(node.get('expect'), reading.notes)
  if ((expect.at(-1)?.by ?? 0) > LONGEST)
    reading.notes.report('BP1615', 'a test goes over 31 days at most', node, 'expect what happens sooner')
  return {
    name: textAt(node, 'it') ?? '',
    parameters: readGiven(node.get('parameters'), reading.parameters, reading.notes),
    members: numberAt(node, 'members') ?? reading.members,
    given: (node.get('given')?.items() ?? []).map(readOneGiven),
    expect,
  }
}

function readExpectations(node: DocumentNode | undefined, notes: Notes): readonly ExpectSpec[] {
  let before = 0
  return (node?.items() ?? []).flatMap((item) => {
    const one = readExpectation(item, notes)
    if (one === undefined) return []
    if (one.by < before)
      notes.report(
        'BP1615',
        'this is expected before what stands above it',
        item,
        'put them in order of time',
      )
    before = one.by
    return [one]
  })
}

const LONGEST = 31 * 86_400_000

function readOneGiven(node: DocumentNode): GivenSpec {
  const read = node.get('read')?.value ?? {}
  return {
    at: durationAt(node, 'at', 0),
    of: ofWhom(node.get('of')),
    read: isJsonObject(read) ? (plainCopy(read) as JsonObject) : {},
    ...present({ event: textAt(node, 'event') as PoolEvent | undefined, members: numberAt(node, 'members') }),
  }
}

function ofWhom(node: DocumentNode | undefined): GivenOf {
  if (node?.number !== undefined) return [node.number]
  if (node?.isList === true)
    return node.items().flatMap((one) => (one.number === undefined ? [] : [one.number]))
  return node?.text === 'self' ? 'self' : 'members'
}

/** What a line expects, which says one thing and one time. */
function readExpectation(node: DocumentNode, notes: Notes): ExpectSpec | undefined {
  const whats = WHATS.filter((word) => node.get(word) !== undefined)
  const times = TIMES.filter((word) => node.get(word) !== undefined)
  const [what] = whats
  const [time] = times
  if (what === undefined || whats.length > 1) {
    notes.report(
      'BP1615',
      'an expectation says one of what may be asked for',
      node,
      `write one of ${WHATS.join(', ')}`,
    )
    return undefined
  }
  const isWhile = what === 'nothing'
  if (time === undefined || times.length > 1 || (time === 'until') !== isWhile) {
    const hint = isWhile ? 'write "until: 2 min"' : 'write "at: 30s", or "by: 30s" for no later than that'
    notes.report('BP1615', 'an expectation says one time', node, hint)
    return undefined
  }
  const by = durationOf(node.get(time)?.value) ?? 0
  return {
    what: intentOf(node, what),
    by,
    ...present({ at: time === 'at' ? by : undefined, why: textAt(node, 'why') }),
  }
}

const WHATS = ['scale', 'restart', 'replace', 'call', 'suspend', 'resume', 'hold', 'nothing'] as const
const TIMES = ['at', 'by', 'until'] as const

function intentOf(node: DocumentNode, what: (typeof WHATS)[number]): ExpectedIntent {
  const number = numberAt(node, what) ?? 0
  const name = textAt(node, what) ?? ''
  switch (what) {
    case 'scale':
      return { kind: 'scale', count: number }
    case 'restart':
    case 'replace':
      return { kind: what, member: number }
    case 'call':
      return { kind: 'call', effector: name, ...present({ member: numberAt(node, 'of') }) }
    case 'hold':
      return { kind: 'hold', rule: name }
    case 'nothing':
      return { kind: 'nothing' }
    default:
      return { kind: 'suspend', policy: name, on: what === 'suspend' }
  }
}
