import type { CommandOutput } from '../../engine/index.js'

/** Output of which each stream is cut in the middle beyond `limit` bytes, and says so. */
export function limited(output: CommandOutput, limit: number): CommandOutput {
  return { ...output, stdout: cutMiddle(output.stdout, limit), stderr: cutMiddle(output.stderr, limit) }
}

/** The newest lines. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n')
  const ended = lines.at(-1) === ''
  if (ended) lines.pop()
  const kept = count <= 0 ? [] : lines.slice(-count)
  return kept.join('\n') + (ended && kept.length > 0 ? '\n' : '')
}

function cutMiddle(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  const half = Math.floor(limit / 2)
  const left = bytes.length - 2 * half
  const [head, tail] = [bytes.subarray(0, half), bytes.subarray(bytes.length - half)]
  return `${head.toString()}\n[${left} bytes cut]\n${tail.toString()}`
}
