import type { HandlerContext, TypeDescription } from '../context.js'

/** Names of the bundles that come with the product: what can be made, and what only its shape is known of. */
export const SHIPPED = { stock: 'weir', shapes: 'weir-shapes' } as const

/** A type that comes with the product. */
export interface ShippedType extends TypeDescription {
  readonly bundle: string
}

/** The types, policies and enrichers that come with the product. */
export function shippedTypes({ types, engine }: HandlerContext): readonly ShippedType[] {
  const policies = engine
    .policyKinds()
    .map(({ type, role = 'policy', description, schema }): TypeDescription => ({
      name: type,
      kind: role,
      description,
      schema,
    }))
  return [...types.types(), ...policies].map((type) => ({
    ...type,
    bundle: type.origin === 'shapes' ? SHIPPED.shapes : SHIPPED.stock,
  }))
}
