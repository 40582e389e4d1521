import type { WirePosition, WireProblem } from '../api/index.js'

/** A text with the fixes of its problems applied; of fixes that overlap, the first. */
export function applyFixes(
  text: string,
  file: string,
  problems: readonly WireProblem[],
): { readonly text: string; readonly count: number } {
  const starts = lineStarts(text)
  const offset = ({ line, column }: WirePosition): number => (starts[line - 1] ?? text.length) + column - 1
  const fixes = problems.flatMap(({ fix, file: where }) =>
    fix === undefined || (where ?? file) !== file ? [] : [fix],
  )
  const taken: { start: number; end: number; text: string }[] = []
  let count = 0
  for (const { edits } of fixes) {
    const spans = edits.map(({ range, text: put }) => ({
      start: offset(range.start),
      end: offset(range.end),
      text: put,
    }))
    if (spans.some((span) => taken.some((other) => span.start < other.end && other.start < span.end)))
      continue
    taken.push(...spans)
    count += 1
  }
  taken.sort((a, b) => b.start - a.start)
  const mended = taken.reduce(
    (so, { start, end, text: put }) => so.slice(0, start) + put + so.slice(end),
    text,
  )
  return { text: mended, count }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
