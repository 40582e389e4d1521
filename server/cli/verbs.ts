import { activityVerb } from './commands/activity.js'
import { addChildVerb, removeChildVerb } from './commands/add-child.js'
import { applyVerb } from './commands/apply.js'
import { catalogVerb } from './commands/catalog.js'
import { completeVerb } from './commands/complete.js'
import { deployVerb } from './commands/deploy.js'
import { describeVerb } from './commands/describe.js'
import { destroyVerb } from './commands/destroy.js'
import { diffVerb } from './commands/diff.js'
import { eventsVerb } from './commands/events.js'
import { execVerb } from './commands/exec.js'
import { getVerb } from './commands/get.js'
import { invokeVerb } from './commands/invoke.js'
import { locationVerb } from './commands/location.js'
import { logsVerb } from './commands/logs.js'
import { orphansVerb } from './commands/orphans.js'
import { planVerb } from './commands/plan.js'
import { policyVerb } from './commands/policy.js'
import { recoverVerb } from './commands/recover.js'
import { replaceVerb } from './commands/replace.js'
import { rollbackVerb } from './commands/rollback.js'
import { runVerb } from './commands/run.js'
import { scaleVerb } from './commands/scale.js'
import { serveVerb } from './commands/serve.js'
import { startVerb } from './commands/start.js'
import { statusVerb } from './commands/status.js'
import { stopVerb } from './commands/stop.js'
import { treeVerb } from './commands/tree.js'
import { validateVerb } from './commands/validate.js'
import { versionVerb } from './commands/version.js'
import { versionsVerb } from './commands/versions.js'
import { waitVerb } from './commands/wait.js'
import { watchVerb } from './commands/watch.js'
import { whyVerb } from './commands/why.js'
import type { Verb } from './verb.js'

/** All that can be asked on the command line, in the order of its help. */
export const VERBS: readonly Verb[] = [
  serveVerb,
  validateVerb,
  planVerb,
  deployVerb,
  applyVerb,
  statusVerb,
  treeVerb,
  getVerb,
  describeVerb,
  whyVerb,
  watchVerb,
  waitVerb,
  logsVerb,
  execVerb,
  eventsVerb,
  activityVerb,
  invokeVerb,
  scaleVerb,
  replaceVerb,
  addChildVerb,
  removeChildVerb,
  recoverVerb,
  startVerb,
  stopVerb,
  destroyVerb,
  versionsVerb,
  diffVerb,
  rollbackVerb,
  policyVerb,
  runVerb,
  locationVerb,
  catalogVerb,
  orphansVerb,
  versionVerb,
  completeVerb,
]
