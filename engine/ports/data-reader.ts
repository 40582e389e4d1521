import type { Json } from '../support/json.js'

/** Reads what a program printed as data: JSON, and whatever else the implementation takes. Pure, and within limits. */
export interface DataReader {
  read(text: string): { readonly value: Json } | { readonly error: string }
}

/** JSON alone. */
export const JSON_READER: DataReader = {
  read: (text) => {
    try {
      return { value: JSON.parse(text) as Json }
    } catch {
      return { error: 'it is not JSON' }
    }
  },
}
