import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { productFolder } from '../../server/compose/config.js'

/** A piece of the document and what stands there instead. */
export type Edit = readonly [from: string, to: string]

/** Shorter windows, so that load shows within seconds, and room for seven. */
export const BRISK: readonly Edit[] = [
  ['count: { initial: 3, min: 2, max: 6 }', 'count: { initial: 3, min: 2, max: 7 }'],
  ['lower: 10', 'lower: 2'],
  ['scaleOutAfter: 5s', 'scaleOutAfter: 1s'],
  ['scaleInAfter: 20s', 'scaleInAfter: 5s'],
  ['cooldown: 10s', 'cooldown: 1s'],
]

/**
 * A change of the web members that forces new machines: one thing more is done before their first launch. There may be
 * no more members than there are, so that a new one has to wait until the last one replaced is gone.
 */
export const STOCKED: readonly Edit[] = [
  ['    launch: node web.js', '    install: echo stocked > shelf.txt\n    launch: node web.js'],
  ['count: { initial: 3, min: 2, max: 7 }', 'count: { initial: 2, min: 2, max: 2 }'],
]

/** Copies the shipped sample into a folder, with edits; gives the document's path. Throws when one finds no place. */
export function writeShop(folder: string, name: string, edits: readonly Edit[]): string {
  cpSync(productFolder('catalog', 'items', 'corner-shop'), folder, { recursive: true })
  const path = join(folder, name)
  writeFileSync(path, edits.reduce(edited, readFileSync(join(folder, 'blueprint.yaml'), 'utf8')))
  return path
}

function edited(text: string, [from, to]: Edit): string {
  if (text.split(from).length !== 2) throw new Error(`the sample does not say exactly once: ${from}`)
  return text.replace(from, to)
}
