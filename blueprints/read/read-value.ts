import { type Json, type Problem, hasErrors } from '../../engine/index.js'
import { readYaml } from './read-yaml.js'

/** The plain value of one YAML document within the limits of all documents, or all that is wrong with its text. */
export function readValue(
  text: string,
  file: string,
):
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] } {
  const { document, problems } = readYaml(text, file)
  if (document === undefined || hasErrors(problems)) return { kind: 'problems', problems }
  return { kind: 'value', value: document.value }
}
