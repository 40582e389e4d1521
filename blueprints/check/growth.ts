import type { Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import { callName } from './landscape.js'

/** Nothing is added to one member alone: all of a role are made from one specification. */
export function checkGrowth({ landscape, origins }: CheckContext): readonly Problem[] {
  return landscape.all.flatMap((place) => {
    const { spec, path } = place
    const grows = spec.conditional !== undefined || spec.group?.bucketSpec !== undefined
    if (!grows || !path.includes('*')) return []
    const message = `${callName(place)} would have entities added to it`
    const hint = 'move it out of the member'
    return [problem('BP1234', message, origins.of(spec) ?? spec.place, { hint })]
  })
}
