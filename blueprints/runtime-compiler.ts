import {
  type CompileWish,
  type CompiledWish,
  type Compiler,
  type Json,
  type Problem,
  isJsonObject,
} from '../engine/index.js'
import type { CompileOptions, CompileResult, SourceSet } from './compile.js'
import { readValue } from './read/read-value.js'

/** What is known of where something is compiled for. */
export interface RuntimeInputs extends Pick<CompileOptions, 'locations' | 'within'> {
  readonly tenant: string
}

/** Reads blueprints that come up while applications run: whole documents, and single entities or lists of them. */
export function runtimeCompiler(
  compile: (sources: SourceSet, inputs: RuntimeInputs) => Promise<CompileResult>,
): Compiler {
  return {
    compile: async ({ what, blueprint, within, ...inputs }) => {
      const documents = documentsOf(what, blueprint)
      if ('reason' in documents) return { kind: 'refused', reason: documents.reason }
      const asPart = what === 'policy' || what === 'initializer'
      const where = within === undefined ? inputs : { ...inputs, within: { ...within, asPart } }
      let answer: CompiledWish = NOTHING
      for (const document of documents.all) {
        const result = await compile(
          { main: { file: FILE, text: JSON.stringify(document) }, files: {} },
          where,
        )
        if (result.kind === 'compiled') return { kind: 'compiled', spec: result.spec }
        if (answer === NOTHING || !isUnknownKind(result)) answer = refusalOf(result)
      }
      return answer
    },
  }
}

const NOTHING: CompiledWish = { kind: 'refused', reason: 'the blueprint has nothing to add' }

/** Whether all that is wrong is that there is nothing of the type. */
function isUnknownKind(result: CompileResult): boolean {
  return result.kind === 'problems' && result.problems.every(({ code }) => code === 'BP1601')
}

function refusalOf(result: Exclude<CompileResult, { readonly kind: 'compiled' }>): CompiledWish {
  const reason =
    result.kind === 'missing'
      ? `the blueprint names files, of which none is here: ${result.files.join(', ')}`
      : wordsOf(result.problems)
  return { kind: 'refused', reason }
}

/** What problems call it. */
const FILE = 'blueprint'

/** A blueprint as whole documents, of which the first that can be used is meant. */
function documentsOf(
  what: CompileWish['what'],
  blueprint: Json,
): { readonly all: readonly Json[] } | { readonly reason: string } {
  const data = dataOf(blueprint)
  if ('reason' in data) return data
  if (what === 'policy') return addedUnder(['brooklyn.policies', 'brooklyn.enrichers'], data.value)
  if (what === 'initializer') return addedUnder(['brooklyn.initializers'], data.value)
  const whole = wholeOf(data.value)
  return 'reason' in whole ? whole : { all: [whole.value] }
}

function dataOf(blueprint: Json): { readonly value: Json } | { readonly reason: string } {
  if (typeof blueprint !== 'string') return { value: blueprint }
  const read = readValue(blueprint, FILE)
  return read.kind === 'value' ? read : { reason: wordsOf(read.problems) }
}

/** An entity that has this under a key and nothing else, for each of the keys. */
function addedUnder(
  keys: readonly string[],
  value: Json,
): { readonly all: readonly Json[] } | { readonly reason: string } {
  if (!isJsonObject(value))
    return {
      reason: `${JSON.stringify(value)} is no blueprint of what can be added to an entity: it is a map`,
    }
  return { all: keys.map((key) => ({ services: [{ type: 'entity', name: 'added', [key]: [value] }] })) }
}

/** A blueprint as a whole document: one entity, or several, are its services. */
function wholeOf(value: Json): { readonly value: Json } | { readonly reason: string } {
  if (Array.isArray(value)) return { value: { services: value } }
  if (!isJsonObject(value))
    return { reason: `${JSON.stringify(value)} is no blueprint: it is a map, or a list of these` }
  return { value: WHOLE.some((key) => key in value) ? value : { services: [value] } }
}

/** Keys of a whole document, which no entity has. */
const WHOLE = ['services', 'roles', 'brooklyn.catalog']

/** Problems in one line; places are left out, as nobody wrote the text that they are in. */
function wordsOf(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const said = (errors.length > 0 ? errors : problems).map(({ code, message, hint }) =>
    hint === undefined ? `${message} (${code})` : `${message} (${code}: ${hint})`,
  )
  return `the blueprint cannot be used: ${[...new Set(said)].slice(0, SHOWN).join('; ')}`
}

const SHOWN = 5
