/** Keys in the config of a fabric, and the tag of what it has in each place where not all that is inside of it counts. */
export const FABRIC = {
  includes: 'dynamicfabric.includeInitialChildren',
  prefix: 'dynamicfabric.displayNamePrefix',
  suffix: 'dynamicfabric.displayNameSuffix',
  flags: 'dynamicfabric.customChildFlags',
  /** What is added for another place while it runs. */
  region: 'dynamicfabric.region',
  tag: 'fabric-member',
} as const

/** What the spec calls a fabric, and one whose places come and go. */
export const FABRIC_TYPES = { fixed: 'fabric', regions: 'regions-fabric' } as const

/** Names of types that have something in each place. */
export const FABRICS: ReadonlySet<string> = new Set(Object.values(FABRIC_TYPES))

/**
 * What stands before and after the place in the name of what is there.
 * @source Brooklyn: prefix and suffix around the place, else the name with the place in brackets.
 */
export function fabricLabel({
  base,
  prefix,
  suffix,
}: {
  readonly base: string | undefined
  readonly prefix: string | undefined
  readonly suffix: string | undefined
}): readonly [before: string, after: string] {
  const [before, after] = [prefix ?? '', suffix ?? '']
  if (before !== '' || after !== '') return [before, after]
  return base === undefined ? ['', ''] : [`${base} (`, ')']
}
