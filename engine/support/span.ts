const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** Milliseconds as people say them: '90 s', '2 min', '0 ms'. */
export function shownSpan(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, one]) => milliseconds >= one && milliseconds % one === 0) ?? ['ms', 1]
  return `${milliseconds / size} ${unit}`
}
