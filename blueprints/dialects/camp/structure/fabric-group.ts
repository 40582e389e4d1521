import {
  type EffectorSpec,
  type Expression,
  type GroupSpec,
  type Json,
  type ParameterSpec,
  type StepSpec,
  isJsonObject,
  literal,
} from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { EFFECTOR_TIMEOUT } from '../../../resolve/defaults.js'
import type { CampReader } from '../reader.js'
import { FABRIC, fabricLabel } from './fabric-names.js'
import { type Fields, SPELLINGS } from '../keys.js'
import { readQuorums } from './members.js'

/** Whom a fabric has as its members, and how it comes to have more where its places come and go. */
export function readFabric(
  fields: Fields,
  { desk }: CampReader,
): { readonly group: GroupSpec; readonly effectors: readonly EffectorSpec[] } {
  const includes = inConfig(fields, FABRIC.includes)
  const isMarked = includes?.flag === false || includes?.text === 'false'
  return {
    group: { ...(isMarked ? MARKED : { children: true }), ...readQuorums(fields, desk) },
    effectors: regions(fields, isMarked),
  }
}

/** Those in it that were made for its places; what it has besides is none of them. */
const MARKED: GroupSpec = {
  within: { scope: 'self' },
  filter: {
    kind: 'select',
    from: { kind: 'tags' },
    of: { kind: 'has-element', of: { kind: 'equals', value: FABRIC.tag } },
  },
}

function regions(fields: Fields, isMarked: boolean): readonly EffectorSpec[] {
  const spec = inConfig(fields, FABRIC.region)
  if (spec === undefined) return []
  return [
    effector(
      'addRegion',
      'Puts what it has in each location in one more.',
      parameter('location', 'Its name.'),
      [
        {
          input: {},
          does: { kind: 'add-entity', blueprint: regionOf(spec, fields, isMarked), start: 'begin' },
        },
        { input: {}, does: { kind: 'return', value: { kind: 'variable', of: 'output', path: ['entity'] } } },
      ],
    ),
    effector(
      'removeRegion',
      'Takes away what it has in a location: what was added is gone then, what the document says is ended, without its machines.',
      parameter('id', 'The id or the path of what is there.'),
      [{ input: {}, does: { kind: 'remove-entity', entity: GIVEN_ID }, onError: { steps: [ENDED] } }],
    ),
  ]
}

const GIVEN_ID: Expression = { kind: 'variable', of: 'input', path: ['id'] }

/** What is part of the document stays a part of it; nothing of it runs and no machine of it is left. */
const ENDED: StepSpec = {
  input: {},
  does: {
    kind: 'invoke',
    of: { scope: 'value', of: GIVEN_ID },
    effector: 'stop',
    arguments: { stopMachineMode: literal('always') },
    await: true,
    lenient: 'arguments',
  },
}

/** The blueprint of what is in another place; its plan id is that of what there is already. */
function regionOf(node: DocumentNode, fields: Fields, isMarked: boolean): Expression {
  const spec = plainCopy(node.value)
  const { id: _id, name, displayName, tags, ...rest } = isJsonObject(spec) ? spec : {}
  const place: Expression = { kind: 'variable', of: 'input', path: ['location'] }
  const [before, after] = fabricLabel({
    base: [name, displayName].find((text) => typeof text === 'string'),
    prefix: inConfig(fields, FABRIC.prefix)?.text,
    suffix: inConfig(fields, FABRIC.suffix)?.text,
  })
  const { 'brooklyn.tags': written = tags ?? [], ...plan } = rest
  return {
    kind: 'map',
    entries: {
      ...Object.fromEntries(Object.entries(plan).map(([key, value]) => [key, literal(value)])),
      'brooklyn.tags': literal([...listOf(written), ...(isMarked ? [FABRIC.tag] : [])]),
      name: { kind: 'format', pattern: '%s%s%s', arguments: [literal(before), place, literal(after)] },
      location: place,
    },
  }
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

function parameter(name: string, description: string): ParameterSpec {
  return { name, type: 'string', description, required: true, constraints: [] }
}

function effector(
  name: string,
  description: string,
  asked: ParameterSpec,
  steps: readonly StepSpec[],
): EffectorSpec {
  const replay = { allowed: true, fromStart: false }
  return {
    name,
    description,
    parameters: [asked],
    command: literal(''),
    timeout: EFFECTOR_TIMEOUT,
    workflow: { steps, input: {}, replay, idempotent: false },
  }
}

function inConfig({ node }: Fields, key: string): DocumentNode | undefined {
  return SPELLINGS.config.map((spelling) => node.get(spelling)?.get(key)).find((found) => found !== undefined)
}
