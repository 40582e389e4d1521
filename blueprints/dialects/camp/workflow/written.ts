import type { SourcePlace } from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import type { Captured } from './shorthand.js'

/** A value that somebody wrote for a step: by itself in the document, or as a part of a line. */
export interface Written {
  /** The value; for a part of a line, that line. */
  readonly node: DocumentNode
  /** Without quotes around it; undefined where it is no text. */
  readonly text?: string
  /** With them. */
  readonly raw?: string
  /** Where `length` characters of `raw` at `offset` are written. */
  where(offset: number, length: number): SourcePlace
}

/** A value that stands by itself. */
export function writtenAt(node: DocumentNode): Written {
  const { text } = node
  return {
    node,
    ...(text === undefined ? {} : { text, raw: text }),
    where: (offset, length) => (text === undefined ? node.place : node.placeInside(offset, length)),
  }
}

/** A part of a line. */
export function writtenIn(line: Written, { text, raw, offset }: Captured): Written {
  return { node: line.node, text, raw, where: (at, length) => line.where(offset + at, length) }
}

/** The rest of a line from `offset` on. */
export function restOf(line: Written, offset: number): Written {
  const raw = (line.raw ?? '').slice(offset)
  return { node: line.node, text: raw, raw, where: (at, length) => line.where(offset + at, length) }
}

/** How many characters of quotes stand before its text. */
export function quoteBefore({ text, raw }: Written): number {
  return text === raw ? 0 : 1
}

/** A word or a number as text. */
export function scalarOf(written: Written | undefined): string | undefined {
  return written === undefined ? undefined : (written.text ?? written.node.number?.toString())
}
