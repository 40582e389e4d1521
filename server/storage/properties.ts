/**
 * The entries of a Java properties text: `key=value`, `key: value` or `key value`, comments with # or !, a backslash at the end of a
 * line continues it. Of a key that is there twice the last one counts.
 */
export function parseProperties(text: string): { readonly [key: string]: string } {
  const entries = logicalLines(text).map((line): readonly [string, string] => {
    const [, key = '', value = ''] = /^((?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/su.exec(line) ?? []
    return [unescaped(key), unescaped(value)]
  })
  return Object.fromEntries(entries)
}

/** Lines with those that continue them, without comments. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = []
  let begun: string | undefined
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.trimStart()
    if (begun === undefined && isIdle(line)) continue
    const whole = (begun ?? '') + line
    begun = goesOn(line) ? whole.slice(0, -1) : undefined
    if (begun === undefined) lines.push(whole)
  }
  return begun === undefined ? lines : [...lines, begun]
}

function isIdle(line: string): boolean {
  return line === '' || line.startsWith('#') || line.startsWith('!')
}

/** An odd number of backslashes at the end; of an even one, each is one of the text. */
function goesOn(line: string): boolean {
  const slashes = /\\*$/.exec(line)?.[0].length ?? 0
  return slashes % 2 === 1
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r', f: '\f' }

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|(.))/gsu,
    (_all, code: string | undefined, letter: string | undefined) =>
      code === undefined
        ? (ESCAPES[letter ?? ''] ?? letter ?? '')
        : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
