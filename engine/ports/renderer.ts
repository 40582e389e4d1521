import type { Json } from '../support/json.js'

/** Renders a text template over plain values, within limits of output size and work. Pure and synchronous. */
export interface Renderer {
  render(
    text: string,
    values: { readonly [name: string]: Json },
  ): { readonly text: string } | { readonly error: string }
}
