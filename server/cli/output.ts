import { clean, cleanLine } from './clean.js'
import { CliError, EXIT } from './exit.js'
import { type Column, renderTable } from './table.js'
import type { Terminal } from './terminal.js'
import { safeJson, toYaml } from './yaml.js'

/** How results are printed. */
export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name'

const FORMATS: readonly OutputFormat[] = ['table', 'wide', 'json', 'yaml', 'name']

/** A list as it can be printed in every format. */
export interface Listing<T> {
  readonly items: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly nameOf: (item: T) => string
  /** What a person is told instead of an empty table. */
  readonly none: string
}

/** One thing as it can be printed in every format. */
export interface Single {
  readonly value: unknown
  /** For people; printed as it is, so its parts are clean. */
  readonly text: string
  readonly name: string
}

/** Prints results on standard output in the format that was asked for. */
export class Output {
  readonly format: OutputFormat
  readonly #terminal: Terminal

  constructor(format: OutputFormat, terminal: Terminal) {
    this.format = format
    this.#terminal = terminal
  }

  list<T>(listing: Listing<T>): void {
    const { items, columns, nameOf, none } = listing
    if (this.#plain(items, items.map(nameOf))) return
    if (items.length === 0) {
      this.#terminal.err(`${none}\n`)
      return
    }
    const width = this.#terminal.outIsTty ? this.#terminal.columns : undefined
    this.#terminal.out(renderTable(items, columns, { wide: this.format === 'wide', width }))
  }

  single({ value, text, name }: Single): void {
    if (!this.#plain(value, [name])) this.#terminal.out(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** A text of the far end, for people. */
  text(text: string): void {
    this.#terminal.out(this.#terminal.outIsTty ? clean(text) : text)
  }

  #plain(value: unknown, names: readonly string[]): boolean {
    switch (this.format) {
      case 'json':
        this.#terminal.out(`${safeJson(value, 2)}\n`)
        return true
      case 'yaml':
        this.#terminal.out(toYaml(value))
        return true
      case 'name':
        this.#terminal.out(names.map((name) => `${cleanLine(name)}\n`).join(''))
        return true
      case 'table':
      case 'wide':
        return false
    }
  }
}

/** The format of this name; ends with 'usage' when there is none. */
export function outputFormat(name: string): OutputFormat {
  const format = FORMATS.find((known) => known === name)
  if (format === undefined) throw new CliError(EXIT.usage, `-o is one of ${FORMATS.join(', ')}, not ${name}`)
  return format
}

/** Lines of "Key:  value", values under each other; empty ones are left out. */
export function facts(pairs: readonly (readonly [string, string])[]): string {
  const told = pairs.filter(([, value]) => value !== '')
  const width = Math.max(0, ...told.map(([key]) => key.length))
  return told.map(([key, value]) => `${`${key}:`.padEnd(width + 2)} ${cleanLine(value)}\n`).join('')
}
