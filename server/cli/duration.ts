import { CliError, EXIT } from './exit.js'

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a text such as `500ms`, `90s`, `10m`, `1h30m`; ends with 'usage' for any other. */
export function parseDuration(text: string, option: string): number {
  const parts = [...text.matchAll(/([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)/g)]
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0)
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== text || total <= 0) {
    throw new CliError(EXIT.usage, `${option} is a duration such as 90s or 10m, not ${text}`)
  }
  return total
}

/** A span for people: `0.4 s`, `12 s`, `3 min`, `5 h`, `4 d`. */
export function span(milliseconds: number): string {
  if (milliseconds < 1000) return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`
  if (milliseconds < 120_000) return `${Math.round(milliseconds / 1000)} s`
  if (milliseconds < 7_200_000) return `${Math.round(milliseconds / 60_000)} min`
  if (milliseconds < 172_800_000) return `${Math.round(milliseconds / 3_600_000)} h`
  return `${Math.round(milliseconds / 86_400_000)} d`
}

/** A time for people: the age, and the time itself. */
export function ago(at: number, now: number): string {
  return at === 0 ? '' : `${span(now - at)} ago`
}

/** A time as a machine reads it. */
export function isoTime(at: number): string {
  return new Date(at).toISOString()
}
