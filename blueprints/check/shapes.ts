import type { Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import { callName } from './landscape.js'

/** What is to be deployed can be made: of a type that is only known by its shape nothing can. */
export function checkShapes({ landscape, origins, options }: CheckContext): readonly Problem[] {
  const severity = options.deploying === true ? 'error' : 'warning'
  return landscape.all.flatMap((place) => {
    const { shape, type } = place.spec
    if (shape === undefined) return []
    const message = `${callName(place)} cannot be deployed: there is no implementation of "${type}" here`
    const hint = 'write it as software or a container of your own; it can be planned and shown as it is'
    return [problem('BP1210', message, origins.of(place.spec) ?? place.spec.place, { severity, hint })]
  })
}
