import { baseName, parentPath } from '../entity/path.js'

/** Path of the role that an entity is a member of; undefined for one that is no member. '*' stands for any member. */
export function roleOfMember(path: string): string | undefined {
  return /^(?:[0-9]+|\*)$/.test(baseName(path)) ? parentPath(path) : undefined
}
