// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-_]/g
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * Text from the far end as a terminal may show it: no escape sequences, no control characters but line feeds and tabs,
 * nothing that turns the direction of writing.
 */
export function clean(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(ESCAPES, '').replaceAll(CONTROLS, '')
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return clean(text).replaceAll(/[\n\t]+/g, ' ')
}
