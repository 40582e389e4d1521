import type { EffectAnswer, OpenEffect, RunRecord } from '../../workflow/run-record.js'

/** Finds what an effector does, and begins it. */
export type Invoke = (
  effect: OpenEffect,
  parent: RunRecord,
) => Promise<
  | {
      readonly begun: string
      /** Where it is no run: what came of it, once it has ended. */
      readonly ended?: () => Promise<EffectAnswer>
    }
  | { readonly failed: EffectAnswer }
>
