import type { Json } from '../../engine/index.js'
import type { Reply } from './message.js'
import { refuse } from './refusals.js'

/** Levels of a JSON body when nothing else is said. */
export const JSON_DEPTH = 64

/** Reads a JSON body within limits, or says why not. */
export function parseJson(
  text: string,
  depth: number = JSON_DEPTH,
): { readonly kind: 'json'; readonly value: Json } | Reply {
  if (depthOf(text, depth) > depth) {
    return refuse('invalid-request', `The body nests deeper than ${depth} levels.`)
  }
  const forbidden: string[] = []
  try {
    const value = JSON.parse(text, (key, part: Json) => {
      if (key === '__proto__') forbidden.push(key)
      return part
    }) as Json
    if (forbidden.length > 0) return refuse('invalid-request', 'No name in a body may be "__proto__".')
    return { kind: 'json', value }
  } catch {
    return refuse('invalid-request', 'The body is not JSON.')
  }
}

/** The text of these bytes; undefined when they are not UTF-8. */
export function utf8TextOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Levels of brackets outside of texts, no further than one beyond the limit: seen before anything recurses into it. */
function depthOf(text: string, limit: number): number {
  let [depth, deepest] = [0, 0]
  for (let at = 0; at < text.length && deepest <= limit; at += 1) {
    const character = text[at]
    if (character === '"') at = endOfText(text, at)
    else if (character === '{' || character === '[') deepest = Math.max(deepest, (depth += 1))
    else if (character === '}' || character === ']') depth -= 1
  }
  return deepest
}

function endOfText(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
