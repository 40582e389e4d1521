import { digestOfText } from '../../engine/index.js'

/**
 * Chooses an address of the range that nobody has: the first free one from a start that depends on the token, so that the
 * same wish tends to the same address. Undefined when the range is used up.
 */
export function chooseAddress(
  token: string,
  taken: ReadonlySet<string>,
  range: { readonly from: string; readonly to: string },
): string | undefined {
  const from = numberOf(range.from)
  const size = numberOf(range.to) - from + 1
  const start = parseInt(digestOfText(token).slice(0, 8), 16) % size
  for (let step = 0; step < size; step += 1) {
    const address = textOf(from + ((start + step) % size))
    if (!taken.has(address)) return address
  }
  return undefined
}

/** Whether a text is an address that every Linux host has for itself: 127.0.0.0/8, four numbers. */
export function isLoopback(text: string): boolean {
  const parts = text.split('.')
  return (
    parts.length === 4 &&
    parts[0] === '127' &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
  )
}

/** An address as one number, for comparing and counting. */
export function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
}
