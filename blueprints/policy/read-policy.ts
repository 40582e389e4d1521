import {
  type Json,
  type JsonObject,
  type PolicyDocument,
  type PolicyKind,
  type PolicyParameter,
  type PoolSpec,
  type Problem,
  type SloSpec,
  hasErrors,
  isJsonObject,
  referredParameter,
} from '../../engine/index.js'
import { withoutConsequences } from '../consequences.js'
import { problem } from '../problems.js'
import { DocumentNode, numberAt, textAt } from '../read/document-node.js'
import { plainCopy } from '../read/plain-copy.js'
import { readYaml } from '../read/read-yaml.js'
import { durationAt } from '../resolve/amounts.js'
import { validate } from '../schema/validator.js'
import { nearestName, suggestionFor } from '../suggest.js'
import { Notes } from './notes.js'
import { placed } from './placed.js'
import { policySchema } from './policy-schema.js'
import { readParameters } from './read-parameters.js'
import { readTests } from './read-tests.js'

/** A policy document as far as it could be read. */
export interface ReadPolicy {
  /** Absent where there are errors. */
  readonly document?: PolicyDocument
  /** All that is wrong with its form, by position. */
  readonly problems: readonly Problem[]
  /** What was found by who knows what policies mean, with pointers into the document, at its places. */
  placed(problems: readonly Problem[]): readonly Problem[]
}

/** Whether a text is meant to be a policy document, and no blueprint: it begins with its name. */
export function isPolicyText(text: string): boolean {
  return /^policy[ \t]*:/m.test(text)
}

/** Reads a policy document within the limits of all documents. Whether it makes sense is asked of who knows its language. */
export function readPolicy(text: string, file: string, kinds: readonly PolicyKind[]): ReadPolicy {
  const read = readYaml(text, file)
  if (read.document === undefined) return { problems: read.problems, placed: (problems) => problems }
  const root = DocumentNode.rootOf(read.document)
  const form = withoutConsequences(read.problems, validate(policySchema, root))
  const notes = new Notes()
  const document = documentOf(root, notes)
  if (form.length === 0) reportKind(root, kinds, notes)
  const problems = [...form, ...(hasErrors(form) ? [] : notes.problems)]
  return {
    problems,
    ...(hasErrors(problems) ? {} : { document }),
    placed: (found) => found.map((one) => placed(one, root)),
  }
}

/** What the node of a document says, as far as it can be told. */
export function documentOf(root: DocumentNode, notes: Notes): PolicyDocument {
  const parameters = readParameters(root.get('parameters'), notes)
  const pool = poolOf(root.get('pool'), notes)
  reportReferences(root.get('does'), parameters, notes)
  return {
    name: textAt(root, 'policy') ?? '',
    description: (textAt(root, 'description') ?? '').trim(),
    parameters,
    does: doesOf(root.get('does')),
    pool,
    slo: (root.get('slo')?.items() ?? []).map(sloOf),
    tests: readTests(root.get('tests'), { parameters, members: pool.initial, notes }),
  }
}

function doesOf(node: DocumentNode | undefined): PolicyDocument['does'] {
  const written = node === undefined ? {} : plainCopy(node.value)
  const { type = '', ...settings } = isJsonObject(written) ? written : NOTHING
  return { type: typeof type === 'string' ? type : '', settings }
}

const NOTHING: JsonObject = {}

/** The pool of a document that says nothing of it. */
const POOL: PoolSpec = { min: 1, max: 10, initial: 1, startDelay: 60_000, cost: 0, every: 10_000 }

function poolOf(node: DocumentNode | undefined, notes: Notes): PoolSpec {
  if (node === undefined) return POOL
  const every = durationAt(node, 'every', POOL.every)
  if (every < 1)
    notes.report('BP1107', '"every" must be more than 0', node.get('every') ?? node, 'write e.g. 10s')
  return {
    ...countsOf(node, notes),
    startDelay: durationAt(node, 'startDelay', POOL.startDelay),
    cost: numberAt(node, 'cost') ?? POOL.cost,
    every: Math.max(1, every),
  }
}

/** What is not said follows from what is. */
function countsOf(node: DocumentNode, notes: Notes): Pick<PoolSpec, 'min' | 'max' | 'initial'> {
  const max = numberAt(node, 'max') ?? Math.max(POOL.max, numberAt(node, 'min') ?? 0)
  const min = numberAt(node, 'min') ?? Math.min(POOL.min, max)
  const initial = numberAt(node, 'initial') ?? Math.min(max, Math.max(min, POOL.initial))
  const say = (key: string, message: string, hint: string): void => {
    notes.report('BP1401', message, node.get(key) ?? node, hint)
  }
  if (min > max) say('min', `"min" ${min} is above "max" ${max}`, 'exchange the two')
  else if (initial < min || initial > max)
    say('initial', `"initial" ${initial} is outside ${min} to ${max}`, 'write a number between')
  return { min, max, initial }
}

function sloOf(node: DocumentNode): SloSpec {
  return {
    sensor: textAt(node, 'sensor') ?? '',
    limit: numberAt(node, 'atMost') ?? 0,
    share: shareOf(node.get('share')?.value ?? 0.99),
  }
}

function shareOf(value: Json): number {
  return typeof value === 'string' ? Number.parseFloat(value) / 100 : Number(value)
}

/** Texts of settings that stand for a parameter which there is not. */
function reportReferences(
  node: DocumentNode | undefined,
  parameters: readonly PolicyParameter[],
  notes: Notes,
): void {
  const names = parameters.map((one) => one.name)
  const look = (at: DocumentNode): void => {
    const name = referredParameter(at.value)
    if (name !== undefined && !names.includes(name))
      notes.report(
        'BP1611',
        `there is no parameter "${name}"`,
        at,
        suggestionFor(name, names) ?? 'declare it under "parameters"',
      )
    for (const [, below] of at.entries()) look(below)
    for (const below of at.items()) look(below)
  }
  if (node !== undefined) look(node)
}

function reportKind(root: DocumentNode, kinds: readonly PolicyKind[], notes: Notes): void {
  const node = root.get('does')?.get('type')
  const names = kinds.filter(({ role = 'policy' }) => role === 'policy').map(({ type }) => type)
  if (node?.text === undefined || names.includes(node.text)) return
  const near = nearestName(node.text, names)
  const fix =
    near === undefined
      ? {}
      : { fix: { title: `Change it to "${near}"`, edits: [{ range: node.place.range, text: near }] } }
  notes.problems.push(
    problem('BP1601', `there is no kind of policy "${node.text}"`, node.place, {
      pointer: node.pointer,
      hint: suggestionFor(node.text, names) ?? '',
      ...fix,
    }),
  )
}
