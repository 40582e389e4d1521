import { configTarget } from './kept-values.js'
import type { Landscape } from './landscape.js'

/** Who is looked at when config was set: whoever asked for the key, and all else, as anything may wait for it. */
export function keysOfSetting(landscape: Landscape, path: string, key: string): readonly string[] {
  const keys = [...landscape.notify(path)]
  landscape.dependents.take(configTarget(key), keys)
  return ['', ...keys, ...landscape.keys()]
}
