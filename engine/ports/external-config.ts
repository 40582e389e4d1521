import type { ExternalAnswer } from '../expression/evaluate.js'

/**
 * Configuration that is kept outside of documents and books, by suppliers with names. It is asked at each evaluation, so
 * answers come at once, from memory or from a file of this machine. The engine makes a Secret of each answer.
 */
export interface ExternalConfig {
  get(provider: string, key: string): ExternalAnswer
}

/** Where nobody supplies anything. */
export const NO_EXTERNAL_CONFIG: ExternalConfig = {
  get: (provider) => ({
    kind: 'failed',
    reason: `there is no supplier "${provider}" of external configuration`,
  }),
}
