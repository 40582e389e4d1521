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
      readonly kind: 'deploy'
      /** Path of the entity that asks for it. */
      readonly entity: string
      readonly blueprint: Json
      readonly start: 'wait' | 'begin' | 'never'
    }

const KINDS: ReadonlySet<string> = new Set<TreeRequest['kind']>(['add', 'remove', 'move', 'deploy'])

/** Whether what is to be done changes what there is. */
export function isTreeRequest(request: { readonly kind: string }): request is TreeRequest {
  return KINDS.has(request.kind)
}

/** What is waited for, in words. */
export function treeWords(request: TreeRequest): string {
  switch (request.kind) {
    case 'add':
      return `what is added to ${request.entity === '' ? 'the application' : request.entity}`
    case 'remove':
      return `the removal of ${request.entity}`
    case 'move':
      return `the move of ${request.entity}`
    case 'deploy':
      return 'another application'
  }
}
