import type { ConfigMap, EntitySpec } from '../../spec/entity-spec.js'

/** The environment of a command at an entity: that of its software, and what the command itself says over it. */
export function mergedEnvironment({ software }: EntitySpec, own: ConfigMap = {}): ConfigMap {
  return { ...software?.environment, ...own }
}
