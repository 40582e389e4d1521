import type { Json } from '../support/json.js'

/** A change of what there is: effectively once for the token of its effect. Values are as they are recorded. */
export type TreeRequest =
  | {
      readonly kind: 'add'
      /** Path of the entity that it is to be inside of. */
      readonly entity: string
      readonly blueprint: Json
      /** What it is known by there. */
      readonly identity?: string
    }
  | { readonly kind: 'remove'; readonly entity: string }
  | { readonly kind: 'move'; readonly entity: string; readonly under: string }
  | {
      /** Adds to an entity that is there. */
      readonly kind: 'adjoin'
      readonly entity: string
      readonly what: 'policy' | 'initializer'
      readonly blueprint: Json
      /** What the policy is called: one of this name goes. */
      readonly name?: string
    }
  | {
      /** Takes a policy or an enricher away. */ readonly kind: 'detach'
      readonly entity: string
      readonly name: string
    }
  | {
      readonly kind: 'deploy'
      /** Path of the entity that asks for it. */
      readonly entity: string
      readonly blueprint: Json
      readonly start: 'wait' | 'begin' | 'never'
    }

const KINDS: ReadonlySet<string> = new Set<TreeRequest['kind']>([
  ...(['add', 'remove', 'move', 'deploy', 'adjoin', 'detach'] as const),
])

/** Whether what is to be done changes what there is. */
export function isTreeRequest(request: { readonly kind: string }): request is TreeRequest {
  return KINDS.has(request.kind)
}

/** What is waited for, in words. */
export function treeWords(request: TreeRequest): string {
  switch (request.kind) {
    case 'add':
    case 'adjoin':
      return `what is added to ${request.entity === '' ? 'the application' : request.entity}`
    case 'detach':
      return `the removal of the policy ${request.name}`
    case 'remove':
      return `the removal of ${request.entity}`
    case 'move':
      return `the move of ${request.entity}`
    case 'deploy':
      return 'another application'
  }
}
