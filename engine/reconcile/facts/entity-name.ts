import { baseName, ROOT } from '../../entity/path.js'
import { NAME_SETTING } from './kept-values.js'
import type { Landscape } from './landscape.js'

/** What people call an entity: what was set, its name in the document, or the last part of its path. */
export function nameOf(path: string, landscape: Landscape): string {
  const set = landscape.settings.value(path, NAME_SETTING)
  if (typeof set === 'string') return set
  const node = landscape.slots.get(path)?.node ?? landscape.tree.at(path)
  return path === ROOT ? landscape.desired.name : (node?.spec.displayName ?? baseName(path))
}
