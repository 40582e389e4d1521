import type { Origin } from '../../engine/index.js'

/** The fields of an enricher that makes one sensor from another. */
export const SOURCE_FIELDS = {
  from: { kind: 'text', fallback: 'self', about: 'Path of the entity whose sensor it is.' },
  source: { kind: 'text', about: 'The sensor that it is made from.' },
  target: { kind: 'text', about: 'The sensor that is given.' },
} as const

/** Whose sensor it is; a dot is the root. */
export function originOf({ from }: { readonly from: string }): Origin {
  return from === 'self' ? 'self' : { path: from === '.' ? '' : from }
}
