import { LiquidError } from 'liquidjs'
import { newLiquid } from './liquid.js'

/** One name that a template uses, e.g. ['roles', 'web', 'members']; lines and columns count from 1. */
export interface TemplateReference {
  readonly segments: readonly string[]
  readonly line: number
  readonly column: number
}

/** What a template needs, or why it cannot be read. */
export type TemplateReferences =
  | { readonly references: readonly TemplateReference[] }
  | { readonly error: string; readonly line: number; readonly column: number }

/** The names that a template uses from outside, by looking at its text only. */
export function templateReferences(text: string): TemplateReferences {
  try {
    return { references: flatten(liquid.parseAndAnalyzeSync(text, undefined, { partials: false }).globals) }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    const [line, column] = LiquidError.is(thrown) ? thrown.token.getPosition() : []
    return { error: message.replace(/, line:\d+, col:\d+$/, ''), line: line ?? 1, column: column ?? 1 }
  }
}

/** Whether a text is a template at all. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%')
}

const liquid = newLiquid(1_000_000)

/** Names that the template language gives by itself. */
const OWN_NAMES = new Set(['forloop', 'tablerowloop'])

/** Uses of outside names, by name. */
type Uses = {
  readonly [name: string]: readonly {
    readonly segments: readonly unknown[]
    readonly location: { readonly row: number; readonly col: number }
  }[]
}

function flatten(analysis: Uses): readonly TemplateReference[] {
  const found: TemplateReference[] = []
  for (const [name, uses] of Object.entries(analysis)) {
    if (OWN_NAMES.has(name)) continue
    for (const use of uses) {
      const fixed = use.segments.findIndex(
        (segment) => typeof segment !== 'string' && typeof segment !== 'number',
      )
      const segments = (fixed < 0 ? use.segments : use.segments.slice(0, fixed)).map(String)
      found.push({ segments, line: use.location.row, column: use.location.col })
    }
  }
  return found.sort((a, b) => a.line - b.line || a.column - b.column)
}
