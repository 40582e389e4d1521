import type { Json } from '../../../../engine/index.js'
import { duration, flag, text, textValue } from '../forms.js'
import { configSpellingsOf } from '../keys.js'

const maybe = { type: ['boolean', 'string', 'object'] }

type ActingKey =
  | 'downloadUrl'
  | 'archiveName'
  | 'installLabel'
  | 'onboxBase'
  | 'expandedDirectory'
  | 'skipStart'
  | 'skipStartIfRunning'
  | 'skipInstall'
  | 'childrenMode'
  | 'startTimeout'
  | 'runningPeriod'
  | 'runningAsked'
  | 'loginPorts'
  | 'inferredPorts'
  | 'inferredPortNames'
type IdleKey =
  | 'rebindDelay'
  | 'usageMetrics'
  | 'openTables'
  | 'stopTables'
  | 'plainSudo'
  | 'openPortsEffector'
  | 'skipResolution'

/** Forms of what Brooklyn's software processes have beside their phases. */
export const PROCESS_FORMS: { readonly [key in ActingKey | IdleKey]: Json } = {
  downloadUrl: textValue,
  archiveName: textValue,
  installLabel: textValue,
  onboxBase: text,
  expandedDirectory: textValue,
  skipStart: maybe,
  skipStartIfRunning: maybe,
  skipInstall: maybe,
  childrenMode: text,
  startTimeout: duration,
  runningPeriod: duration,
  runningAsked: flag,
  rebindDelay: true,
  usageMetrics: true,
  openTables: true,
  stopTables: true,
  plainSudo: true,
  openPortsEffector: true,
  loginPorts: { type: ['array', 'integer', 'string'], items: { type: ['integer', 'string'] } },
  inferredPorts: maybe,
  inferredPortNames: text,
  skipResolution: true,
}

/** Keys that nothing is done about, each with the reason. */
export const IDLE_KEYS: { readonly [key in IdleKey]: string } = {
  rebindDelay: 'after a restart sensors are sampled at the pace of their places, which spreads them already',
  usageMetrics: 'no usage is sampled that this could turn off',
  openTables: 'the firewall of a machine is left as its image has it: say "rules" or "ports" instead',
  stopTables: 'the firewall of a machine is left as its image has it: stop it in "pre.install.command"',
  plainSudo: 'commands run without a terminal, and sudo is asked by the commands alone',
  openPortsEffector: 'ports are opened by "ports" and "rules", which can be changed while it runs',
  skipResolution: 'directories are made where they are missing, without looking first',
}

/** What of these stays in the config besides, where expressions read it. */
export const PROCESS_CONFIG: ReadonlySet<string> = new Set(
  (Object.keys(PROCESS_FORMS) as (ActingKey | IdleKey)[]).flatMap((key) => configSpellingsOf(key)),
)
