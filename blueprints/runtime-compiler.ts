import { type Compiler, type Json, type Problem, isJsonObject } from '../engine/index.js'
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
    compile: async ({ what: _what, blueprint, ...inputs }) => {
      const document = documentOf(blueprint)
      if ('reason' in document) return { kind: 'refused', reason: document.reason }
      const main = { file: FILE, text: JSON.stringify(document.value) }
      const result = await compile({ main, files: {} }, inputs)
      switch (result.kind) {
        case 'compiled':
          return { kind: 'compiled', spec: result.spec }
        case 'missing':
          return {
            kind: 'refused',
            reason: `the blueprint names files, of which none is here: ${result.files.join(', ')}`,
          }
        case 'problems':
          return { kind: 'refused', reason: wordsOf(result.problems) }
      }
    },
  }
}

/** What problems call it. */
const FILE = 'blueprint'

/** A blueprint as a whole document: one entity, or several, are its services. */
function documentOf(blueprint: Json): { readonly value: Json } | { readonly reason: string } {
  if (typeof blueprint === 'string') {
    const read = readValue(blueprint, FILE)
    return read.kind === 'value' ? wholeOf(read.value) : { reason: wordsOf(read.problems) }
  }
  return wholeOf(blueprint)
}

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
