/** Where this face begins. */
export const BASE = '/compat/brooklyn'

/**
 * The id of an entity: one word that is not escaped in an address, unique among all applications. The root has its
 * application's; no name of an entity and no id of an application has a dot.
 */
export function entityId(application: string, path: string): string {
  return path === '' ? application : `${application}.${path.replaceAll('/', '.')}`
}

/** The path of the entity with this id; undefined when it is not an id of this application. */
export function pathOfId(application: string, id: string): string | undefined {
  if (id === application) return ''
  return id.startsWith(`${application}.`) ? id.slice(application.length + 1).replaceAll('.', '/') : undefined
}

/** The application that an entity's id begins with. */
export function applicationOfId(id: string): string {
  return id.split('.')[0] ?? id
}

/** Address of an application. */
export function applicationLink(application: string): string {
  return `${BASE}/v1/applications/${encodeURIComponent(application)}`
}

/** Address of an entity. */
export function entityLink(application: string, path: string): string {
  return `${applicationLink(application)}/entities/${encodeURIComponent(entityId(application, path))}`
}

/** Address of a task. */
export function taskLink(task: string): string {
  return `${BASE}/v1/activities/${encodeURIComponent(task)}`
}
