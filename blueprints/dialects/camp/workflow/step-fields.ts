import type { DocumentNode } from '../../../read/document-node.js'
import type { FlowDesk } from './flow-desk.js'
import type { Captures } from './shorthand.js'
import type { StepForm } from './step-forms.js'
import { type Written, writtenAt, writtenIn } from './written.js'

/** What is written of one step, by the names of what it takes: in its line, at its keys, or in its `input`. */
export class StepFields {
  readonly form: StepForm
  readonly flow: FlowDesk
  readonly #captures: Captures
  readonly #names: readonly string[]

  constructor(form: StepForm, captures: Captures, names: readonly string[], flow: FlowDesk) {
    this.form = form
    this.flow = flow
    this.#captures = captures
    this.#names = names
  }

  /** What stands under a name; `a.b` is also the key `b` in the map `a`. */
  get(name: string): Written | undefined {
    const captured = this.#captures.get(name)
    if (captured !== undefined && this.form.line !== undefined) return writtenIn(this.form.line, captured)
    const node = this.node(name)
    return node === undefined ? undefined : writtenAt(node)
  }

  /** The value at a key of the step, or of its input. */
  node(name: string): DocumentNode | undefined {
    const { keys } = this.form
    const whole = keys.get(name)
    if (whole !== undefined) return whole.value === null ? undefined : whole
    const [first = '', second] = name.split('.')
    const held = keys.get(first) ?? keys.get('input')?.get(first)
    return second === undefined ? held : partOf(held, second)
  }

  /** Whether a word stands in the line, or a key says so. */
  has(name: string): boolean {
    return this.#captures.has(name) || this.node(name)?.flag === true
  }

  /** The word that is written under a name, where it is one. */
  text(name: string): string | undefined {
    return this.get(name)?.text
  }

  /** What of the input belongs to the step itself, and not to what it runs: nothing that its line says already. */
  takes(name: string): boolean {
    if (this.#captures.has(name)) return false
    return this.#names.some((one) => one === name || one.startsWith(`${name}.`))
  }

  /** The whole of it, for problems. */
  get whole(): Written {
    const { type, line } = this.form
    const { text = '' } = type
    const rest = line?.raw ?? ''
    return {
      node: this.form.node,
      text: `${text}${rest}`,
      raw: `${text}${rest}`,
      where: (at, length) => type.where(at, length),
    }
  }
}

/** A part of a map; what is no map is the name itself. */
function partOf(held: DocumentNode | undefined, key: string): DocumentNode | undefined {
  if (held?.isMap === true) return held.get(key)
  return key === 'name' ? held : undefined
}
