import type { EntityReference, Expression } from '../../engine/index.js'
import type { ProblemCode } from '../problems.js'
import { suggestionFor } from '../suggest.js'
import { type TemplateReference, templateReferences } from './template-references.js'

/** What is wrong in a template; lines and columns count from 1, inside its text. */
export interface TemplateFault {
  readonly code: ProblemCode
  readonly message: string
  readonly hint: string
  readonly line: number
  readonly column: number
}

/**
 * A template as an expression: every name that it uses is bound to what it means, so that the text is rendered again when
 * that changes. `roles.<id>.<sensor>` (or `entities.…`), `self.<sensor>`, `config.<key>`, `parameters.<name>` and
 * `substitutions.<name>` are known.
 */
export function templateExpression(
  text: string,
): { readonly expression: Expression } | { readonly faults: readonly TemplateFault[] } {
  const analysis = templateReferences(text)
  if ('error' in analysis) {
    const { error: message, line, column } = analysis
    return {
      faults: [
        {
          code: 'BP1304',
          message,
          hint: 'see the page of this code for what templates can say',
          line,
          column,
        },
      ],
    }
  }
  const bindings: Branch = new Map()
  const faults = analysis.references.flatMap((reference) => bind(bindings, reference))
  if (faults.length > 0) return { faults }
  const bound = Object.fromEntries([...bindings].map(([name, branch]) => [name, expressionOf(branch)]))
  return { expression: { kind: 'template', text, bindings: bound } }
}

type Branch = Map<string, Expression | Branch>

interface Meaning {
  readonly path: readonly string[]
  readonly expression: Expression
}

const ROOTS = ['roles', 'entities', 'self', 'config', 'parameters', 'substitutions']

/** The config key under which values for templates alone are kept. */
const SUBSTITUTIONS = 'template.substitutions'

function bind(bindings: Branch, reference: TemplateReference): readonly TemplateFault[] {
  const meaning = meaningOf(reference.segments)
  if ('code' in meaning) return [{ ...meaning, line: reference.line, column: reference.column }]
  const clash = insert(bindings, meaning.path, meaning.expression)
  if (clash === undefined) return []
  const message = `"${meaning.path.join('.')}" and "${clash}" cannot be used in one template`
  const hint = 'use the longer one only; the number of members is members.size'
  return [{ code: 'BP1305', message, hint, line: reference.line, column: reference.column }]
}

function meaningOf(segments: readonly string[]): Meaning | Omit<TemplateFault, 'line' | 'column'> {
  const [root = '', second, ...rest] = segments
  if (!ROOTS.includes(root)) {
    const hint = suggestionFor(root, ROOTS) ?? ''
    return { code: 'BP1305', message: `a template knows no "${root}"`, hint }
  }
  if (second === undefined) return incomplete(segments)
  if (root === 'config') return { path: segments, expression: configOf({ scope: 'self' }, segments.slice(1)) }
  if (root === 'parameters')
    return { path: segments, expression: configOf({ scope: 'root' }, segments.slice(1)) }
  if (root === 'substitutions') return { path: segments, expression: substituted(segments.slice(1)) }
  if (root === 'self') return sensorMeaning([root], { scope: 'self' }, [second, ...rest])
  return rest.length === 0
    ? incomplete(segments)
    : sensorMeaning([root, second], { scope: 'global', id: second }, rest)
}

function incomplete(segments: readonly string[]): Omit<TemplateFault, 'line' | 'column'> {
  const example = segments[0] === 'config' || segments[0] === 'parameters' ? 'name' : 'endpoint'
  const message = `"${segments.join('.')}" does not name a value`
  return { code: 'BP1305', message, hint: `write e.g. ${[...segments, example].join('.')}` }
}

function configOf(of: EntityReference, key: readonly string[]): Expression {
  return { kind: 'config', of, key: key.join('.') }
}

function substituted(path: readonly string[]): Expression {
  const all = configOf({ scope: 'self' }, [SUBSTITUTIONS])
  return path.reduce<Expression>((of, key) => ({ kind: 'access', of, key }), all)
}

/** What follows a list of members belongs to the template language, except the role's own sensors of that name. */
const MEMBERS_SENSORS = new Set(['count', 'up', 'endpoints'])

function sensorMeaning(prefix: readonly string[], of: EntityReference, segments: readonly string[]): Meaning {
  const isList = segments[0] === 'members' && !MEMBERS_SENSORS.has(segments[1] ?? '')
  const used = isList ? segments.slice(0, 1) : segments
  const sensor = used.join('.')
  const whenReady = !sensor.startsWith('members')
  return { path: [...prefix, ...used], expression: { kind: 'sensor', of, sensor, whenReady } }
}

/** Puts an expression at a path; gives the path of what is in its way. */
function insert(branch: Branch, path: readonly string[], expression: Expression): string | undefined {
  let at = branch
  for (const [depth, step] of path.slice(0, -1).entries()) {
    const next = at.get(step) ?? new Map<string, Expression | Branch>()
    if (!(next instanceof Map)) return path.slice(0, depth + 1).join('.')
    at.set(step, next)
    at = next
  }
  const last = path.at(-1) ?? ''
  const there = at.get(last)
  if (there instanceof Map) return [...path, there.keys().next().value ?? ''].join('.')
  at.set(last, expression)
  return undefined
}

function expressionOf(branch: Expression | Branch): Expression {
  if (!(branch instanceof Map)) return branch
  const entries = Object.fromEntries([...branch].map(([key, part]) => [key, expressionOf(part)]))
  return { kind: 'map', entries }
}
