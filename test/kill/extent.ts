/** Whether everything is to be done (`npm run kill`), or a sample that fits into every build. */
export const EVERYTHING: boolean = process.env['WEIR_KILL'] === 'all'

/** Tells of each chain of a campaign, where everything is done. */
export const progress: { readonly progress?: (line: string) => void } = EVERYTHING
  ? { progress: (line) => process.stderr.write(`${line}\n`) }
  : {}

/** Every so-manieth, where a sample is enough; else each, or where each takes long, enough of them. */
export function every(step: number, all = 1): number {
  return EVERYTHING ? all : step
}

/** So many of `all`, where a sample is enough. */
export function some(sample: number, all: number): number {
  return EVERYTHING ? all : sample
}
