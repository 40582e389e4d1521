/** One line of a comparison: kept, taken away, or added. */
interface Line {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
}

/** Lines on both sides of a change that are shown with it. */
const CONTEXT = 2

/** Cells of the table of common lines at most; texts that differ in more are compared as a whole. */
const CELLS = 4_000_000

/** How one text becomes another, as hunks of a unified diff; nothing when they are equal. */
export function lineDiff(from: string, to: string): readonly string[] {
  return hunksOf(compare(linesOf(from), linesOf(to)))
}

function linesOf(text: string): readonly string[] {
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

function compare(from: readonly string[], to: readonly string[]): readonly Line[] {
  const shorter = Math.min(from.length, to.length)
  let head = 0
  while (head < shorter && from[head] === to[head]) head += 1
  let tail = 0
  while (tail < shorter - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1
  return [
    ...marked(' ', from.slice(0, head)),
    ...middle(from.slice(head, from.length - tail), to.slice(head, to.length - tail)),
    ...marked(' ', from.slice(from.length - tail)),
  ]
}

/** By the longest common sequence of lines. */
function middle(from: readonly string[], to: readonly string[]): readonly Line[] {
  if (from.length * to.length > CELLS) return [...marked('-', from), ...marked('+', to)]
  const common = commonLengths(from, to)
  const lines: Line[] = []
  let [a, b] = [0, 0]
  while (a < from.length && b < to.length) {
    const isSame = from[a] === to[b]
    const isLess = !isSame && common(a + 1, b) >= common(a, b + 1)
    if (isSame) lines.push(...marked(' ', from.slice(a, a + 1)))
    else if (isLess) lines.push(...marked('-', from.slice(a, a + 1)))
    else lines.push(...marked('+', to.slice(b, b + 1)))
    if (isSame || isLess) a += 1
    if (!isLess) b += 1
  }
  return [...lines, ...marked('-', from.slice(a)), ...marked('+', to.slice(b))]
}

/** How many lines two ends have in common, in order: those from line `a` and from line `b` on. */
function commonLengths(from: readonly string[], to: readonly string[]): (a: number, b: number) => number {
  const width = to.length + 1
  const cells = new Uint32Array((from.length + 1) * width)
  const common = (a: number, b: number): number => cells[a * width + b] ?? 0
  for (let a = from.length - 1; a >= 0; a -= 1) {
    for (let b = to.length - 1; b >= 0; b -= 1) {
      const longer = Math.max(common(a + 1, b), common(a, b + 1))
      cells[a * width + b] = from[a] === to[b] ? common(a + 1, b + 1) + 1 : longer
    }
  }
  return common
}

function marked(mark: Line['mark'], texts: readonly string[]): readonly Line[] {
  return texts.map((text) => ({ mark, text }))
}

function hunksOf(lines: readonly Line[]): readonly string[] {
  const near = (at: number): boolean =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== ' ')
  const told: string[] = []
  let [before, after, isOpen] = [1, 1, false]
  for (const [at, { mark, text }] of lines.entries()) {
    const isShown = near(at)
    if (isShown && !isOpen) told.push(`@@ -${before} +${after} @@`)
    if (isShown) told.push(`${mark}${text}`)
    isOpen = isShown
    if (mark !== '+') before += 1
    if (mark !== '-') after += 1
  }
  return told
}
