/** Whether a text matches one of these patterns, in which `*` is any text and `?` any one character. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matches(pattern, text))
}

/** Goes back to the last star only, so that no pattern takes longer than its length times the text's. */
function matches(pattern: string, text: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0]
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at
      mark = from
      at += 1
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at += 1
      from += 1
    } else {
      if (star < 0) return false
      mark += 1
      at = star + 1
      from = mark
    }
  }
  return pattern.slice(at).replaceAll('*', '') === ''
}
