import type { SourcePlace } from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { nearestName } from '../../../suggest.js'
import { type FlowDesk, report } from './flow-desk.js'
import { wordAt } from './words.js'
import { type Written, restOf, writtenAt } from './written.js'

/** A step as it is written, whichever way: what it is called, the rest of its line, and its keys. */
export interface StepForm {
  readonly type: Written
  /** What stands behind the type in a line; undefined in the long form. */
  readonly line?: Written
  /** Keys beside that, as they are written. */
  readonly keys: ReadonlyMap<string, DocumentNode>
  readonly node: DocumentNode
}

/** Keys that hold a line. */
export const LINE_KEYS: readonly string[] = ['step', 's', 'shorthand']

/**
 * The form of a step: a line, a map with its `type`, a map with a line and more keys, or `steps` alone. A map with one key
 * that has spaces is a line in which YAML took a colon for its own.
 * @source WorkflowStepResolution
 */
export function formOf(node: DocumentNode, flow: FlowDesk): StepForm | undefined {
  if (node.text !== undefined) return lineForm(writtenAt(node), node, new Map())
  const type = node.get('type')
  const lines = LINE_KEYS.flatMap((key) => node.get(key) ?? [])
  const [first, second] = type === undefined ? lines : [type, ...lines]
  if (first !== undefined && second !== undefined) {
    reportTwice(first, second, flow)
    return undefined
  }
  const keys = new Map(node.isMap ? node.entries() : [])
  if (first !== undefined) return namedForm(first, keys, { node, flow })
  if (node.isList || keys.has('steps'))
    return { type: named('subworkflow', node), keys: listed(node, keys), node }
  const whole = brokenLine(node)
  if (whole !== undefined) return lineForm(whole, node, new Map())
  reportUnsaid(node, flow)
  return undefined
}

interface At {
  readonly node: DocumentNode
  readonly flow: FlowDesk
}

/** A map that says what it is: in a word, in a line, or in another map around which there is nothing. */
function namedForm(
  first: DocumentNode,
  keys: ReadonlyMap<string, DocumentNode>,
  { node, flow }: At,
): StepForm | undefined {
  const rest = without(keys, [...LINE_KEYS, 'type'])
  if (first.text !== undefined && first.key === 'type') return { type: writtenAt(first), keys: rest, node }
  if (first.text !== undefined) return lineForm(writtenAt(first), node, rest)
  if (keys.size === 1 && first.key !== 'type') return formOf(first, flow)
  reportUnsaid(first, flow)
  return undefined
}

function reportUnsaid(node: DocumentNode, flow: FlowDesk): void {
  const [key = ''] = node.entries()[0] ?? []
  const near = nearestName(key, ['step', 'type', 'steps'])
  report(flow, 'BP1104', writtenAt(node), {
    error: 'a step needs the key "step" or "type"',
    hint:
      near === undefined
        ? 'e.g. "- log hello", or "- step: log hello" with more keys'
        : `did you mean "${near}"?`,
  })
}

function reportTwice(first: DocumentNode, second: DocumentNode, flow: FlowDesk): void {
  flow.desk.reportAt(
    'BP1109',
    `"${first.key}" and "${second.key}" both say what the step is`,
    second.keyPlace,
    {
      pointer: second.pointer,
      hint: `keep one of "${first.key}" and "${second.key}"`,
    },
  )
  return undefined
}

function lineForm(line: Written, node: DocumentNode, keys: ReadonlyMap<string, DocumentNode>): StepForm {
  const word = wordAt(line.raw ?? '', 0)
  if (word === undefined) return { type: line, keys, node }
  const { raw, offset } = word
  const end = offset + raw.length
  const type: Written = { node, text: raw, raw, where: (at, length) => line.where(offset + at, length) }
  return { type, line: restOf(line, end), keys, node }
}

/** The form of a line that stands inside another one. */
export function lineFormOf(line: Written): StepForm {
  return lineForm(line, line.node, new Map())
}

function named(text: string, node: DocumentNode): Written {
  return { node, text, raw: text, where: () => node.place }
}

/** A list stands for the steps of a workflow in this one. */
function listed(
  node: DocumentNode,
  keys: ReadonlyMap<string, DocumentNode>,
): ReadonlyMap<string, DocumentNode> {
  return node.isList ? new Map([['steps', node]]) : keys
}

function without(
  keys: ReadonlyMap<string, DocumentNode>,
  names: readonly string[],
): ReadonlyMap<string, DocumentNode> {
  return new Map([...keys].filter(([key]) => !names.includes(key)))
}

/** The line that YAML has parted at a colon. */
function brokenLine(node: DocumentNode): Written | undefined {
  const [only, second] = node.entries()
  if (only === undefined || second !== undefined) return undefined
  const [key, value] = only
  const scalar = plainOf(value)
  if (!key.includes(' ') || scalar === undefined) return undefined
  const [start, end] = [value.keyPlace.range.end, value.place.range.start]
  const isApart = start.line === end.line && end.column - start.column > 2
  const text = `${key}${isApart ? ' : ' : ': '}${scalar}`
  return { node, text, raw: text, where: (offset, length) => inside(value.keyPlace, offset, length) }
}

function inside({ file, range: { start } }: SourcePlace, offset: number, length: number): SourcePlace {
  const column = start.column + offset
  return {
    file,
    range: { start: { line: start.line, column }, end: { line: start.line, column: column + length } },
  }
}

/** A value that a line can end with. */
function plainOf({ value }: DocumentNode): string | undefined {
  if (value === null) return ''
  return typeof value === 'object' ? undefined : String(value)
}
