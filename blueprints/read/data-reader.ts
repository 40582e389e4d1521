import type { DataReader, Json } from '../../engine/index.js'
import { readValue } from './read-value.js'

/**
 * Reads what a program printed: YAML, which JSON is too, within the limits of documents. Of several documents the last one
 * counts, so that what was printed before a line of `---` does no harm.
 */
export function yamlDataReader(): DataReader {
  return {
    read: (text) => {
      const read = readValue(lastDocument(text), 'output')
      if (read.kind === 'value') return { value: JSON.parse(JSON.stringify(read.value)) as Json }
      return { error: read.problems[0]?.message ?? 'it cannot be read' }
    },
  }
}

function lastDocument(text: string): string {
  const parts = text.split(/^---[ \t]*\r?$/m)
  return parts.at(-1) ?? text
}
