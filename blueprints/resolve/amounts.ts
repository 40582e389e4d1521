import parseTime from 'parse-duration'
import type { DocumentNode } from '../read/document-node.js'

/** Milliseconds of a number (already milliseconds) or a text such as '5s', '2 min', '1h 30m'; undefined for others. */
export function durationOf(value: unknown): number | undefined {
  if (typeof value === 'number') return isAmount(value) ? Math.round(value) : undefined
  if (typeof value !== 'string' || value.length > LONGEST || !/^[0-9PpTt]/.test(value)) return undefined
  if (/^[0-9.]+$/.test(value.trim())) return undefined
  const parsed = parseTime(value)
  return parsed !== null && isAmount(parsed) ? Math.round(parsed) : undefined
}

/** The duration under a key; `fallback` when there is none. */
export function durationAt(node: DocumentNode, key: string, fallback: number): number {
  return durationOf(node.get(key)?.value) ?? fallback
}

/** Bytes of a number (already bytes) or a text such as '512 MB' or '2GiB'; undefined for others. */
export function bytesOf(value: unknown): number | undefined {
  if (typeof value === 'number') return isAmount(value) && Number.isInteger(value) ? value : undefined
  if (typeof value !== 'string' || value.length > LONGEST) return undefined
  const found = /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?)i?b?\s*$/i.exec(value)
  if (found === null) return undefined
  const [, digits, unit] = found
  const bytes = Math.round(Number(digits) * STEP ** UNITS.indexOf((unit ?? '').toLowerCase()))
  return isAmount(bytes) ? bytes : undefined
}

const LONGEST = 40
const UNITS = ['', 'k', 'm', 'g', 't']
/** Powers of 1024 with or without the 'i', as places count memory. */
const STEP = 1024

function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}
