import type { GateSpec, GateStage } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import { readExpression } from '../language/expressions.js'
import type { Fields, Key } from '../keys.js'

/** Milliseconds that a latch holds an end back. */
const STOP_LATCH = 60_000

/** Which stage each latch holds back. What Brooklyn holds back in a phase is here the whole of that phase. */
const LATCHES: readonly (readonly [key: Key, name: string, stage: GateStage])[] = [
  ['latchProvision', 'latch.provision', 'make'],
  ['latchStart', 'latch.start', 'start'],
  ['latchSetup', 'latch.setup', 'install'],
  ['latchPreInstallResources', 'latch.preInstall.resources', 'install'],
  ['latchInstallResources', 'latch.install.resources', 'install'],
  ['latchInstall', 'latch.install', 'install'],
  ['latchCustomizeResources', 'latch.customize.resources', 'customize'],
  ['latchCustomize', 'latch.customize', 'customize'],
  ['latchLaunchResources', 'latch.launch.resources', 'launch'],
  ['latchLaunch', 'latch.launch', 'launch'],
  ['latchStop', 'latch.stop', 'stop'],
]

/** The latches of an entity, which hold for what is inside it too. */
export function readGates(fields: Fields, desk: TranslationDesk): { readonly gates?: readonly GateSpec[] } {
  const gates = LATCHES.flatMap(([key, name, stage]): readonly GateSpec[] => {
    const node = fields.get(key)
    if (node === undefined) return []
    const gate = { name, stage, condition: readExpression(node, desk) }
    return [desk.origins.mark(stage === 'stop' ? { ...gate, within: STOP_LATCH } : gate, node.place)]
  })
  return gates.length === 0 ? {} : { gates }
}
