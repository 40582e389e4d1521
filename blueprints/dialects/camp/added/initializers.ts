import type { EffectorSpec, SensorSpec, WorkflowSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { present } from '../../../resolve/present.js'
import { normalName, suggestionFor } from '../../../suggest.js'
import { misspeltKey, reportUnknownKey } from '../../../unknown-key.js'
import { CONTAINER_SENSOR } from './container-sensor.js'
import { EFFECTOR_KINDS } from './effector-kinds.js'
import type { Fields } from '../keys.js'
import { SENSOR_KINDS } from './sensor-kinds.js'
import { type KnownSettings, Settings } from '../settings.js'
import { FLOW_KINDS } from './workflows.js'

/** What initializers add to an entity. */
export interface Initialized {
  readonly sensors: readonly SensorSpec[]
  readonly effectors: readonly EffectorSpec[]
  readonly tags: readonly DocumentNode[]
  /** Workflows that are run once, when it comes to be. */
  readonly initial: readonly WorkflowSpec[]
}

/** What the initializers of an entity add to it; what is wrong is reported once, however often they are read. */
export function readInitializers(fields: Fields, desk: TranslationDesk): Initialized {
  const made = fields
    .all('initializers')
    .flatMap((node) => node.items())
    .flatMap((item) => readInitializer(item, desk))
  return {
    sensors: made.flatMap((one) => one.sensors ?? []),
    effectors: made.flatMap((one) => one.effectors ?? []),
    tags: made.flatMap((one) => one.tags ?? []),
    initial: made.flatMap((one) => one.initial ?? []),
  }
}

interface Kind extends KnownSettings {
  read(given: Settings): Partial<Initialized>
}

/** By their names without package, case and marks. */
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...Object.entries(SENSOR_KINDS).map(
    ([name, kind]) =>
      [name, { ...kind, read: (given: Settings) => ({ sensors: kind.read(given) }) }] as const,
  ),
  ...Object.entries(EFFECTOR_KINDS).map(
    ([name, kind]) =>
      [name, { ...kind, read: (given: Settings) => ({ effectors: kind.read(given) }) }] as const,
  ),
  ...Object.entries(FLOW_KINDS),
  ['containersensor', CONTAINER_SENSOR],
  [
    'addtagsinitializer',
    {
      settings: ['tags'],
      needed: ['tags'],
      read: (given: Settings) => ({ tags: given.node('tags')?.items() ?? [] }),
    },
  ],
])

/** Other names of these. */
const ALIASES: { readonly [name: string]: string } = {
  shellcommandsensor: 'sshcommandsensor',
  sshsensor: 'sshcommandsensor',
  shellsensor: 'sshcommandsensor',
  httpsensor: 'httprequestsensor',
  passwordsensor: 'createpasswordsensor',
  shellcommandeffector: 'sshcommandeffector',
  ssheffector: 'sshcommandeffector',
  shelleffector: 'sshcommandeffector',
  addtags: 'addtagsinitializer',
}

/** What these ask for, which cannot be had here, and what can be done instead. */
const NEVER: { readonly [name: string]: readonly [asks: string, hint: string] } = {
  functionsensor: ['a function of Java', 'use a sensor by command, by http or of a value'],
  jmxattributesensor: ['a Java program that is asked by JMX', 'publish the value over http, or print it'],
  winrmcommandsensor: ['a machine with Windows', 'use a sensor by command on a machine with a shell'],
}

const NAMES = [
  ...['StaticSensor', 'SshCommandSensor', 'HttpRequestSensor', 'DurationSinceSensor', 'CreatePasswordSensor'],
  ...[
    'SshCommandEffector',
    'ContainerEffector',
    'ContainerSensor',
    'HttpCommandEffector',
    'RenderFileEffector',
    'AddChildrenEffector',
    'CompositeEffector',
    'ProxyEffector',
    'ChildrenBatchEffector',
    'add-tags-initializer',
    'workflow-effector',
    'workflow-sensor',
    'workflow-initializer',
  ],
]

function readInitializer(node: DocumentNode, desk: TranslationDesk): readonly Partial<Initialized>[] {
  const type = node.get('type') ?? node.get('initializerType') ?? node.get('initializer_type')
  if (type?.text === undefined) {
    if (node.isMap && type === undefined) reportUntyped(node, desk)
    return []
  }
  const kind = kindOf(type.text, type, desk)
  const given = new Settings(node, desk)
  return kind !== undefined && given.fit(kind, type.text) ? [kind.read(given)] : []
}

const TYPE_KEYS = ['type', 'initializerType', 'initializer_type'] as const

function reportUntyped(node: DocumentNode, desk: TranslationDesk): void {
  const meant = misspeltKey(node, TYPE_KEYS)
  if (meant !== undefined) reportUnknownKey(desk, meant, TYPE_KEYS, 'an initializer')
  else
    desk.report('BP1104', 'an initializer needs the key "type"', node, {
      hint: `add e.g. "type: ${NAMES[0] ?? ''}"`,
    })
}

/** Whether the initializer of a name does something here. */
export function isInitializer(written: string): boolean {
  return knownKind(plainName(written)) !== undefined
}

function plainName(written: string): string {
  return normalName(written.replace(/^java:/, '').replace(/^(?:[a-z_][a-z0-9_]*\.)+/, ''))
}

function knownKind(name: string): Kind | undefined {
  return KINDS.get(Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name)
}

function kindOf(written: string, node: DocumentNode, desk: TranslationDesk): Kind | undefined {
  const name = plainName(written)
  const kind = knownKind(name)
  if (kind === undefined) reportUnknown(written, name, node, desk)
  return kind
}

function reportUnknown(written: string, name: string, node: DocumentNode, desk: TranslationDesk): void {
  const never = Object.hasOwn(NEVER, name) ? NEVER[name] : undefined
  if (never !== undefined) {
    const [asks, hint] = never
    desk.report('BP1230', `the initializer ${written} asks for ${asks}`, node, { hint })
  } else {
    const hint = suggestionFor(written, NAMES)
    desk.report('BP1205', `there is no initializer "${written}"`, node, present({ hint }))
  }
}
