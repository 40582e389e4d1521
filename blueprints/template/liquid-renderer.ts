import type { Renderer } from '../../engine/index.js'
import { newLiquid } from './liquid.js'

/** What one rendering may cost. */
export interface RenderLimits {
  /** Objects and characters made. @default 10000000 */
  readonly memory: number
  /** Milliseconds: the last resort against loops in loops, which make nothing that could be counted. @default 200 */
  readonly time: number
  /** Characters of the result. @default 1048576 */
  readonly output: number
}

const LIMITS: RenderLimits = { memory: 10_000_000, time: 200, output: 1_048_576 }

/** Renders Liquid templates within limits. Equal text and values give equal results. */
export function liquidRenderer(limits: Partial<RenderLimits> = {}): Renderer {
  const bounds = { ...LIMITS, ...limits }
  const liquid = newLiquid(bounds.memory)
  return {
    render: (text, values) => {
      try {
        const templates = liquid.parse(text)
        const rendered = liquid.renderSync(templates, values, { renderLimit: bounds.time }) as unknown
        const result = typeof rendered === 'string' ? rendered : ''
        if (result.length > bounds.output)
          return { error: `the result is longer than ${bounds.output} characters` }
        return { text: result }
      } catch (thrown) {
        return { error: thrown instanceof Error ? thrown.message : String(thrown) }
      }
    },
  }
}
