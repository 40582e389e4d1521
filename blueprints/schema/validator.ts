import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Json, JsonObject, Problem } from '../../engine/index.js'
import type { DocumentNode } from '../read/document-node.js'
import { keysIn, restrictedTo } from './restrict-schema.js'
import { toProblems } from './to-problem.js'

/**
 * The vocabulary beside JSON Schema 2020-12: `unsupported: <why>` refuses a key that is known and that nothing is done
 * about yet.
 */
export const UNSUPPORTED = 'unsupported'

/** What is wrong with the form of a value, one problem for each mistake. */
export function validate(schema: JsonObject, node: DocumentNode): readonly Problem[] {
  const check = checkFor(schema, node.value)
  if (check(node.value)) return []
  return toProblems(check.errors ?? [], node)
}

const CHECKS = new WeakMap<JsonObject, ValidateFunction>()
const SEEN = new WeakSet<JsonObject>()

/**
 * The whole schema compiled, once, for all documents; but to compile it takes longer than to check a small document, so the
 * first one, which may be the only one of this process, is checked by those forms alone whose keys it has.
 */
function checkFor(schema: JsonObject, value: Json): ValidateFunction {
  const known = CHECKS.get(schema)
  if (known !== undefined) return known
  if (!SEEN.has(schema)) {
    SEEN.add(schema)
    return newAjv().compile(restrictedTo(keysIn(value), schema) as JsonObject)
  }
  const check = newAjv().compile(schema)
  CHECKS.set(schema, check)
  return check
}

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    ownProperties: true,
    validateFormats: false,
    // Ours are checked against the standard's own schema by a test, which costs as much as all the rest here.
    validateSchema: false,
    meta: false,
    inlineRefs: false,
    code: { optimize: false },
  })
  ajv.addKeyword({ keyword: UNSUPPORTED, schemaType: 'string', validate: () => false })
  return ajv
}
