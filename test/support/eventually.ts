/**
 * Waits until `probe` answers something other than undefined and false, and gives that back. Throws when `patience`
 * milliseconds have passed, saying what was waited for.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  patience = 10_000,
): Promise<Exclude<T, false | undefined>> {
  const deadline = Date.now() + patience
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found as Exclude<T, false | undefined>
    if (Date.now() > deadline) throw new Error(`waited ${patience} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
