const UNITS: readonly (readonly [name: string, milliseconds: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]

/** Milliseconds as people read them, e.g. '1h 2m 3s'; nothing is rounded away. */
export function durationText(milliseconds: number): string {
  let left = Math.max(0, Math.round(milliseconds))
  const parts = UNITS.flatMap(([name, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count === 0 ? [] : [`${count}${name}`]
  })
  return parts.length === 0 ? '0s' : parts.join(' ')
}
