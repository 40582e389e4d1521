import type { ResourceState } from '../../entity/resource.js'
import { hostOf, type SpecNode } from '../../entity/spec-tree.js'
import type { SoftwareSpec } from '../../spec/operation-spec.js'
import { slug } from './naming.js'

/** Where software works, as named: relative to its machine's run directory, or absolute. */
export type Directories = Pick<SoftwareSpec, 'installDirectory' | 'runDirectory'>

/** Where software works: on the machine of another in a directory of its own, unless its author names one. */
export function directoriesOf(software: Directories, node: SpecNode | undefined, path: string): Directories {
  const { installDirectory, runDirectory } = software
  if (node === undefined || hostOf(node) === undefined) return software
  const own = slug(path)
  return { installDirectory: installDirectory ?? `${own}/install`, runDirectory: runDirectory ?? own }
}

/** Where software works on a machine, from its root; undefined while the machine has not said where it keeps things. */
export function absoluteDirectory(
  which: keyof Directories,
  directories: Directories,
  machine: Pick<ResourceState, keyof Directories>,
): string | undefined {
  const named = directories[which]
  if (named === undefined) return machine[which]
  if (named.startsWith('/')) return named
  return machine.runDirectory === undefined ? undefined : `${machine.runDirectory}/${named}`
}
