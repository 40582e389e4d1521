import type { ApplicationStateWord, EntityStateWord } from '../../../api/index.js'

/** Brooklyn's words for how an application stands. */
export type StatusWord =
  'ACCEPTED' | 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'DESTROYED' | 'ERROR' | 'UNKNOWN'

/** Brooklyn's words for how an entity stands, as `service.state` has them. */
export type LifecycleWord =
  'CREATED' | 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'DESTROYED' | 'ON_FIRE'

/** An application that is being changed goes on serving: to Brooklyn it is running. */
export const STATUS: { readonly [state in ApplicationStateWord]: StatusWord } = {
  created: 'ACCEPTED',
  starting: 'STARTING',
  running: 'RUNNING',
  updating: 'RUNNING',
  stopping: 'STOPPING',
  stopped: 'STOPPED',
  alert: 'ERROR',
  expunging: 'STOPPING',
  expunge: 'ERROR',
  destroyed: 'DESTROYED',
}

/** What waits for others has been begun. */
export const LIFECYCLE: { readonly [state in EntityStateWord]: LifecycleWord } = {
  created: 'CREATED',
  waiting: 'STARTING',
  starting: 'STARTING',
  running: 'RUNNING',
  stopping: 'STOPPING',
  stopped: 'STOPPED',
  failed: 'ON_FIRE',
  completed: 'STOPPED',
  quarantined: 'ON_FIRE',
  removing: 'STOPPING',
  gone: 'DESTROYED',
}

/** The Java type that a value would have there. */
export function javaTypeOf(value: unknown): string {
  if (typeof value === 'string') return 'java.lang.String'
  if (typeof value === 'boolean') return 'java.lang.Boolean'
  if (typeof value === 'number') return Number.isInteger(value) ? 'java.lang.Integer' : 'java.lang.Double'
  if (Array.isArray(value)) return 'java.util.List'
  return value === null || value === undefined ? 'java.lang.Object' : 'java.util.Map'
}

const JAVA_TYPES: { readonly [type: string]: string } = {
  string: 'java.lang.String',
  boolean: 'java.lang.Boolean',
  integer: 'java.lang.Integer',
  port: 'java.lang.Integer',
  number: 'java.lang.Double',
  float: 'java.lang.Double',
  duration: 'org.apache.brooklyn.util.time.Duration',
  array: 'java.util.List',
  list: 'java.util.List',
  object: 'java.util.Map',
  map: 'java.util.Map',
}

/** The Java type for a type of ours or of JSON Schema. */
export function javaTypeNamed(type: unknown): string {
  return typeof type === 'string' ? (JAVA_TYPES[type] ?? 'java.lang.Object') : 'java.lang.Object'
}
