import type { EntityReference, Expression } from '../../../../engine/index.js'
import type { ProblemCode } from '../../../problems.js'
import { suggestionFor } from '../../../suggest.js'
import { asRead } from './states.js'
import { SENSOR_ALIASES } from '../types/types.js'

/** A text with a mark for each value. */
export interface FreemarkerParts {
  readonly pattern: string
  readonly values: readonly Expression[]
}

/** What is not understood. */
export interface FreemarkerFault {
  readonly kind: 'fault'
  readonly code: ProblemCode
  readonly message: string
  readonly hint: string
}

/** Names to put in, by name. */
type Substitutions = { readonly [name: string]: Expression }

/** A Freemarker text as a format: only `${a.b}` and `${a['b']}` are understood. */
export function freemarkerParts(
  text: string,
  substitutions: Substitutions,
  of: EntityReference,
): FreemarkerParts | FreemarkerFault {
  const directive = /<[#@][a-z]*|<\/[#@]/.exec(text)
  if (directive !== null)
    return fault('BP1304', `the template says "${directive[0]}"`, 'only ${…} is understood, no directives')
  const values: Expression[] = []
  let pattern = ''
  let rest = 0
  for (const found of text.matchAll(/\$\{([^}]*)\}/g)) {
    const meaning = meaningOf(found[1] ?? '', substitutions, of)
    if (meaning.kind === 'fault') return meaning
    pattern += `${plainPart(text.slice(rest, found.index))}%s`
    values.push(meaning)
    rest = found.index + found[0].length
  }
  return { pattern: pattern + plainPart(text.slice(rest)), values }
}

function plainPart(text: string): string {
  return text.replaceAll('%', '%%')
}

const ROOTS = ['config', 'attribute', 'sensor', 'entity']

function meaningOf(
  written: string,
  substitutions: Substitutions,
  of: EntityReference,
): Expression | FreemarkerFault {
  const path = pathOf(written)
  const [root] = path
  if (root === undefined)
    return fault('BP1304', `"\${${written}}" is not understood`, "write ${name}, ${a.b} or ${a['b']}")
  const found = substituted(path, substitutions) ?? ofEntity(path, of)
  if (found !== undefined) return found
  const known = [...Object.keys(substitutions), ...ROOTS]
  return fault('BP1305', `the template knows no "${written}"`, suggestionFor(root, known) ?? 'name a value')
}

function substituted(
  [root = '', ...path]: readonly string[],
  substitutions: Substitutions,
): Expression | undefined {
  const start = Object.hasOwn(substitutions, root) ? substitutions[root] : undefined
  if (start === undefined) return undefined
  return path.reduce<Expression>((value, key) => ({ kind: 'access', of: value, key }), start)
}

function ofEntity(path: readonly string[], of: EntityReference): Expression | undefined {
  const [what = '', ...rest] = path[0] === 'entity' ? path.slice(1) : path
  const name = rest.join('.')
  if (name === '') return path.join('.') === 'entity.id' ? { kind: 'entity-id', of } : undefined
  if (what === 'config') return { kind: 'config', of, key: name }
  if (what !== 'attribute' && what !== 'sensor') return undefined
  return asRead({ kind: 'sensor', of, sensor: SENSOR_ALIASES[name] ?? name, whenReady: true })
}

/** The names of `a.b['c.d']`; none where it is anything else. */
function pathOf(written: string): readonly string[] {
  const form = /^\s*[A-Za-z_]\w*(\.[A-Za-z_][\w-]*|\[("[^"]*"|'[^']*')\])*\s*$/
  if (!form.test(written)) return []
  return [...written.matchAll(/\[["']([^"']*)["']\]|[\w-]+/g)].map(([all, key]) => key ?? all)
}

function fault(code: ProblemCode, message: string, hint: string): FreemarkerFault {
  return { kind: 'fault', code, message, hint }
}
