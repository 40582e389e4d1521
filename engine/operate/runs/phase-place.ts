import { factsOf } from '../../reconcile/calls/call.js'
import { workplaceOf } from '../../reconcile/calls/workplace.js'
import { directoriesOf } from '../../reconcile/facts/directories.js'
import type { ConfigMap } from '../../spec/entity-spec.js'
import type { PhaseName } from '../../spec/operation-spec.js'
import type { KeptApplication } from '../kept-application.js'

/** Where a service may leave the id of its process. */
const PID_FILE = 'export PID_FILE="$RUN_DIR/pid.txt"'

/** Where the commands of a phase that is a workflow work, and what they are told: as those of a phase that is a command. */
export function phasePlace(
  { landscape }: Pick<KeptApplication, 'landscape'>,
  entity: string,
  phase: PhaseName,
): { readonly lines: readonly string[]; readonly environment: ConfigMap } | undefined {
  const slot = landscape.slots.get(entity)
  const software = slot?.node?.spec.software
  const current = slot?.record.current
  if (slot === undefined || software === undefined || current === undefined) return undefined
  const facts = Object.entries(factsOf(current, slot)).map(
    ([name, value]) => [name, { kind: 'literal', value } as const] as const,
  )
  const { lines } = workplaceOf(directoriesOf(software, slot.node, entity), phase)
  return {
    lines: [...lines, PID_FILE],
    environment: { ...Object.fromEntries(facts), ...software.environment },
  }
}
