/** The given parts without those that are undefined: what is absent is not there, rather than there and undefined. */
export function present<T extends { readonly [name: string]: unknown }>(
  parts: T,
): { readonly [name in keyof T]?: Exclude<T[name], undefined> } {
  const there = Object.entries(parts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as { readonly [name in keyof T]?: Exclude<T[name], undefined> }
}
