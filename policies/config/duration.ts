const UNITS: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  seconds: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
}
const LONGEST_TEXT = 40
const PART = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]{1,7})/i

/** Milliseconds of a text such as '500ms', '5s', '2 min' or '1h 30m'; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text.length > LONGEST_TEXT || text.trim() === '') return undefined
  let rest = text.trimEnd()
  let total = 0
  while (rest !== '') {
    const part = PART.exec(rest)
    const unit = UNITS[part?.[2]?.toLowerCase() ?? '']
    if (part === null || unit === undefined) return undefined
    total += Number(part[1]) * unit
    rest = rest.slice(part[0].length)
  }
  return total
}

/** A duration for people: the largest unit that keeps it whole. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  if (milliseconds % 3_600_000 === 0) return `${milliseconds / 3_600_000} h`
  if (milliseconds % 60_000 === 0) return `${milliseconds / 60_000} min`
  return `${Math.round(milliseconds / 100) / 10} s`
}
