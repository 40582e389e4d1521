/** Keys of the books in the store. One prefix for each kind of record; the application's id comes next. */
export const KEYS = {
  desired: (application: string): string => `desired/${application}`,
  version: (application: string, version: number): string =>
    `version/${application}/${String(version).padStart(8, '0')}`,
  source: (application: string, version: number): string =>
    `source/${application}/${String(version).padStart(8, '0')}`,
  spec: (digest: string, part: number): string => `spec/${digest}/${String(part).padStart(6, '0')}`,
  status: (application: string): string => `status/${application}`,
  slot: (application: string, path: string): string => `slot/${application}/${path}`,
  role: (application: string, path: string): string => `role/${application}/${path}`,
  holding: (application: string, id: string): string => `holding/${application}/${id}`,
  seen: (application: string, path: string): string => `seen/${application}/${path}`,
  kept: (application: string, path: string, sensor: string): string =>
    `kept/${application}/${path}#${sensor}`,
  setting: (application: string, path: string, key: string): string =>
    `setting/${application}/${path}#${key}`,
  policy: (application: string, id: string): string => `policy/${application}/${id}`,
  workflow: (application: string, run: string): string => `workflow/${application}/${run}`,
  workflowSpec: (application: string, run: string): string => `workflow/${application}/${run}/spec`,
  decision: (application: string, id: string): string => `decision/${application}/${id}`,
  task: (application: string, id: string): string => `task/${application}/${id}`,
  tombstone: (application: string): string => `tombstone/${application}`,
  location: (name: string): string => `location/${name}`,
} as const

/** Kind, application and rest of a key. */
export function splitKey(key: string): {
  readonly kind: string
  readonly application: string
  readonly rest: string
} {
  const first = key.indexOf('/')
  const second = key.indexOf('/', first + 1)
  const kind = key.slice(0, first)
  if (second < 0) return { kind, application: key.slice(first + 1), rest: '' }
  return { kind, application: key.slice(first + 1, second), rest: key.slice(second + 1) }
}
