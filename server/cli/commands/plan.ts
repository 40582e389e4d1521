import type { Plan } from '../../api/index.js'
import { COMPAT_OPTION, ITEM_OPTIONS, SET_OPTION, compatOf, submitNamed } from '../documents.js'
import { EXIT } from '../exit.js'
import { renderPlan } from '../render-plan.js'
import type { Verb } from '../verb.js'

/** Shows what a document would do. */
export const planVerb: Verb = {
  usage: 'plan [file]',
  summary: 'show what a document, or an item of the catalog, would do, and why; nothing is changed',
  options: [
    ['--app <application>', 'as a change of this application'],
    SET_OPTION,
    COMPAT_OPTION,
    ...ITEM_OPTIONS,
    ['--detailed-exitcode', 'end with 2 when there is something to do'],
  ],
  examples: ['weir plan shop.yaml --app shop', 'weir deploy shop.yaml --plan DIGEST'],
  run: async (session, input) => {
    const query = { application: input.text('app'), ...compatOf(input) }
    const plan = await submitNamed<Plan>(session, input, { route: 'planDocument', query })
    session.output.single({ value: plan, text: renderPlan(plan, session.colors), name: plan.digest })
    const changes = plan.steps.length + plan.settings.length
    return changes > 0 && input.flag('detailedExitcode') ? EXIT.planHasChanges : EXIT.ok
  },
}
