/** Whether everything is to be done (`npm run kill`), or a sample that fits into every build. */
export const EVERYTHING: boolean = process.env['WEIR_KILL'] === 'all'

/** Every so-manieth, where a sample is enough. */
export function every(step: number): number {
  return EVERYTHING ? 1 : step
}

/** So many of `all`, where a sample is enough. */
export function some(sample: number, all: number): number {
  return EVERYTHING ? all : sample
}
