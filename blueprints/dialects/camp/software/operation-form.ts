import type { JsonObject } from '../../../../engine/index.js'
import { command, duration, listOf, text } from '../forms.js'

/** The form of what is done in a phase: a command by itself, or a map with what belongs to it. */
export function operationForm(files: JsonObject): JsonObject {
  return {
    ...command,
    properties: {
      command,
      before: command,
      after: command,
      files,
      environment: { type: 'object' },
      timeout: duration,
      outputs: listOf(text),
    },
    patternProperties: { '^\\$brooklyn:': true },
    additionalProperties: false,
  }
}
