import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type PolicyKind,
  type PolicySubject,
  isJsonObject,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { LAYOUT, enricherKind, enricherOf, unchanged, yieldOf } from './enricher.js'
import { SOURCE_FIELDS, originOf } from './source.js'

const FIELDS = {
  ...SOURCE_FIELDS,
  separator: { kind: 'text', fallback: ',', about: 'What stands between two of them.' },
  quote: { kind: 'flag', fallback: true, about: 'Whether each is put into quotes as a shell reads them.' },
  entries: { kind: 'flag', fallback: false, about: 'Whether the keys of a map are shown with its values.' },
  between: { kind: 'text', fallback: '=', about: 'What stands between a key and its value.' },
  minimum: { kind: 'integer', least: 0, fallback: 0, about: 'No text with fewer than these.' },
  maximum: { kind: 'integer', least: 0, fallback: 0, about: 'The first of them only; 0 for all.' },
} as const

type Settings = Values<typeof FIELDS>

/** A text from a list or a map. */
export const join: PolicyKind = enricherKind(
  { type: 'join', description: 'A text from the values of a list or a map.' },
  FIELDS,
  attached,
)

interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
}

function attached({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  return enricherOf<Memory>({
    interest: { sensors: [{ of: originOf(settings), sensor: settings.source }], conditions: 'none' },
    initial: { layout: LAYOUT },
    derived: true,
    step: (memory, reading) => {
      const text = reading.kind === 'sensor' ? joined(settings, reading.value) : undefined
      return text === undefined
        ? unchanged(memory)
        : { memory, intents: [yieldOf(path, settings.target, text)] }
    },
  })
}

/** How values become a text. */
export interface JoinRule {
  readonly separator: string
  readonly quote: boolean
  readonly entries: boolean
  readonly between: string
  readonly minimum: number
  /** 0 for no bound. */
  readonly maximum: number
}

/** The text of a list or a map; null where there are too few, undefined where it is neither. */
export function joined(settings: JoinRule, value: Json): Json | undefined {
  const parts = partsOf(settings, value)
  if (parts === undefined) return undefined
  if (parts.length < settings.minimum) return null
  const taken = settings.maximum === 0 ? parts : parts.slice(0, settings.maximum)
  return taken.map((part) => (settings.quote ? quoted(part) : part)).join(settings.separator)
}

function partsOf({ entries, between }: JoinRule, value: Json): readonly string[] | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map(textOf)
  if (!isJsonObject(value)) return undefined
  return Object.entries(value).map(([key, one]) =>
    entries ? `${key}${between}${textOf(one ?? null)}` : textOf(one ?? null),
  )
}

function textOf(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** As a shell reads it within double quotes. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["$`\\]/g, '\\$&')}"`
}
