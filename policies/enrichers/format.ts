import type { Json } from '../../engine/index.js'

/** The pattern with each `%s` (or `%d`) replaced by a value in order, and `%%` by `%`; nothing where a value is missing. */
export function formattedWith(pattern: string, values: readonly Json[]): string {
  let next = 0
  return pattern.replaceAll(/%(.)/g, (whole, kind: string) => {
    if (kind === '%') return '%'
    if (kind !== 's' && kind !== 'd') return whole
    const value = values[next] ?? ''
    next += 1
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  })
}
