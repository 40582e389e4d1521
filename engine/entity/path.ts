/** The path of the root entity. */
export const ROOT = ''

/** Path of a child or member: segments joined by '/'. */
export function childPath(parent: string, name: string): string {
  return parent === ROOT ? name : `${parent}/${name}`
}

/** Path of the entity above; undefined for the root. */
export function parentPath(path: string): string | undefined {
  if (path === ROOT) return undefined
  const at = path.lastIndexOf('/')
  return at < 0 ? ROOT : path.slice(0, at)
}

/** Last segment. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Whether `path` is `ancestor` or below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return ancestor === ROOT || path === ancestor || path.startsWith(`${ancestor}/`)
}

/** Whether a path ends with the number of a member: no name is a number beside members. */
export function isMemberPath(path: string): boolean {
  return /^[0-9]+$/.test(baseName(path))
}
