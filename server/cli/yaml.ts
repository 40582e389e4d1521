/** A plain value as YAML: block style, keys in their order, texts quoted where they could be read as something else. */
export function toYaml(value: unknown): string {
  const text = render(value, '')
  return text.startsWith('\n') ? `${text.slice(1)}\n` : `${text.trimStart()}\n`
}

/** Begins with a space for what goes on the line of its key, and with a line feed for what goes below it. */
function render(value: unknown, indent: string): string {
  if (Array.isArray(value))
    return value.length === 0 ? ' []' : value.map((item) => listItem(item, indent)).join('')
  if (typeof value !== 'object' || value === null) return ` ${scalar(value)}`
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  if (entries.length === 0) return ' {}'
  return entries.map(([key, part]) => `\n${indent}${scalar(key)}:${render(part, `${indent}  `)}`).join('')
}

function listItem(item: unknown, indent: string): string {
  const text = render(item, `${indent}  `)
  const inner = `\n${indent}  `
  return `\n${indent}-${text.startsWith(inner) ? ` ${text.slice(inner.length)}` : text}`
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null)
  const plain =
    /^[A-Za-z_/][A-Za-z0-9_./-]*$/.test(value) &&
    !/^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i.test(value)
  return plain ? value : safeJson(value)
}

/** JSON with no character that a terminal could take for a command. */
export function safeJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent)
  return text.replaceAll(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
