/**
 * What the later of two looks at the end of a log shows that the earlier did not. Both are the last lines of one text; where
 * they have nothing in common, all of the later is new.
 */
export function newLines(before: string, now: string): string {
  const [seen, shown] = [linesOf(before), linesOf(now)]
  for (let from = 0; from < seen.length; from += 1) {
    const common = seen.length - from
    if (common <= shown.length && isSame(seen, from, shown)) return textOf(shown.slice(common))
  }
  return textOf(shown)
}

/** The last lines of a text, so many at most. */
export function lastLines(text: string, count: number): string {
  return textOf(count === 0 ? [] : linesOf(text).slice(-count))
}

/** Whether what was seen from there on is what is shown first. */
function isSame(seen: readonly string[], from: number, shown: readonly string[]): boolean {
  for (let at = from; at < seen.length; at += 1) if (seen[at] !== shown[at - from]) return false
  return true
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

function textOf(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
