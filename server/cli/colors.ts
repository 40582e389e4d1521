import picocolors from 'picocolors'

/** Paints text, or leaves it as it is. */
export type Colors = ReturnType<typeof picocolors.createColors>

/** Colors, if they are wanted: never against NO_COLOR, never into a file unless FORCE_COLOR asks for it. */
export function colorsFor(
  isTty: boolean,
  environment: { readonly [name: string]: string | undefined },
  switchedOff: boolean,
): Colors {
  const forbidden = switchedOff || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
  const forced = (environment['FORCE_COLOR'] ?? '') !== ''
  return picocolors.createColors(!forbidden && (isTty || forced))
}

/** A state in the color that it has everywhere; the word is always there too. */
export function paintState(colors: Colors, state: string): string {
  if (['running', 'completed', 'up'].includes(state)) return colors.green(state)
  if (['alert', 'failed', 'quarantined', 'expunge'].includes(state)) return colors.red(state)
  if (['stopped', 'destroyed', 'gone', 'created'].includes(state)) return colors.dim(state)
  return colors.yellow(state)
}
