import {
  type EffectorSpec,
  type Expression,
  type Json,
  type SensorSource,
  type SensorSpec,
  literal,
} from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'
import { durationOf } from '../../resolve/amounts.js'
import { EFFECTOR_TIMEOUT } from '../../resolve/defaults.js'
import { withCheckedDefault } from '../../resolve/parameters.js'
import { present } from '../../resolve/present.js'
import { normalName, suggestionFor } from '../../suggest.js'
import { isDsl, readExpression, readTemplated } from './camp-expressions.js'
import type { Fields } from './camp-keys.js'
import { plainCopy } from './camp-machine.js'
import { readParameters } from './camp-parameters.js'

/** What initializers add to an entity. */
export interface Initialized {
  readonly sensors: readonly SensorSpec[]
  readonly effectors: readonly EffectorSpec[]
  readonly tags: readonly DocumentNode[]
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
  }
}

interface Kind {
  /** Settings that it knows, and of these the ones that it cannot be without. */
  readonly settings: readonly string[]
  readonly needed: readonly string[]
  read(given: Settings): Partial<Initialized>
}

const SENSOR_SETTINGS = ['name', 'sensorType', 'targetType', 'period', 'value.on.error', 'suppressDuplicates']

/** By their names without package, case and marks. */
const KINDS: { readonly [name: string]: Kind } = {
  staticsensor: {
    settings: ['name', 'sensorType', 'targetType', 'static.value', 'timeout', 'period'],
    needed: ['name', 'static.value'],
    read: (given) => ({
      sensors: [sensorOf(given, { kind: 'static', value: given.expression('static.value') })],
    }),
  },
  sshcommandsensor: {
    settings: [...SENSOR_SETTINGS, 'command', 'executionDir', 'format'],
    needed: ['name', 'command'],
    read: (given) => ({ sensors: [sensorOf(given, commandSource(given))] }),
  },
  httprequestsensor: {
    settings: [...SENSOR_SETTINGS, 'uri', 'jsonPath', 'username', 'password', 'headers'],
    needed: ['name', 'uri'],
    read: (given) => ({ sensors: [sensorOf(given, httpSource(given))] }),
  },
  sshcommandeffector: {
    settings: ['name', 'description', 'command', 'parameters', 'executionDir', 'executionTarget', 'timeout'],
    needed: ['name', 'command'],
    read: (given) => ({ effectors: [effectorOf(given)] }),
  },
  addtagsinitializer: {
    settings: ['tags'],
    needed: ['tags'],
    read: (given) => ({ tags: given.node('tags')?.items() ?? [] }),
  },
}

/** Other names of these. */
const ALIASES: { readonly [name: string]: string } = {
  shellcommandsensor: 'sshcommandsensor',
  sshsensor: 'sshcommandsensor',
  shellsensor: 'sshcommandsensor',
  httpsensor: 'httprequestsensor',
  shellcommandeffector: 'sshcommandeffector',
  ssheffector: 'sshcommandeffector',
  shelleffector: 'sshcommandeffector',
  addtags: 'addtagsinitializer',
}

/** Known from Brooklyn; nothing is done about them yet. */
const NOT_YET: ReadonlySet<string> = new Set([
  ...[
    'functionsensor',
    'durationsincesensor',
    'createpasswordsensor',
    'jmxattributesensor',
    'containersensor',
  ],
  ...[
    'winrmcommandsensor',
    'maxconcurrencysensor',
    'workflowsensor',
    'workfloweffector',
    'workflowinitializer',
  ],
  ...[
    'httpcommandeffector',
    'containereffector',
    'addchildreneffector',
    'compositeeffector',
    'proxyeffector',
  ],
  ...['childrenbatcheffector', 'workflowpolicy'],
])

const NAMES = [
  'StaticSensor',
  'SshCommandSensor',
  'HttpRequestSensor',
  'SshCommandEffector',
  'add-tags-initializer',
]

/** Brooklyn's period of sensors that a document adds. */
const PERIOD = 300_000
const LEAST_PERIOD = 100

const SETTINGS_KEYS = ['brooklyn.config', 'config', 'brooklyn.flags'] as const
const OWN_KEYS: ReadonlySet<string> = new Set([
  'type',
  'initializerType',
  'initializer_type',
  ...SETTINGS_KEYS,
])

function readInitializer(node: DocumentNode, desk: TranslationDesk): readonly Partial<Initialized>[] {
  const type = node.get('type') ?? node.get('initializerType') ?? node.get('initializer_type')
  if (type?.text === undefined) {
    if (node.isMap && type === undefined)
      desk.report('BP1104', 'an initializer needs the key "type"', node, {
        hint: `add e.g. "type: ${NAMES[0] ?? ''}"`,
      })
    return []
  }
  const kind = kindOf(type.text, type, desk)
  const given = new Settings(node, desk)
  return kind !== undefined && given.fit(kind, type.text) ? [kind.read(given)] : []
}

function kindOf(written: string, node: DocumentNode, desk: TranslationDesk): Kind | undefined {
  const name = normalName(written.replace(/^java:/, '').replace(/^(?:[a-z_][a-z0-9_]*\.)+/, ''))
  const known = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
  if (Object.hasOwn(KINDS, known)) return KINDS[known]
  if (NOT_YET.has(name)) {
    const hint = `these are: ${NAMES.join(', ')}`
    desk.report('BP1108', `the initializer ${written} is not supported yet`, node, { hint })
  } else {
    const hint = suggestionFor(written, NAMES)
    desk.report('BP1205', `there is no initializer "${written}"`, node, present({ hint }))
  }
  return undefined
}

/** What is written of one initializer, flat or under its config. */
class Settings {
  readonly desk: TranslationDesk
  readonly #node: DocumentNode
  readonly #entries: ReadonlyMap<string, DocumentNode>

  constructor(node: DocumentNode, desk: TranslationDesk) {
    this.desk = desk
    this.#node = node
    const flat = node.entries().filter(([key]) => !OWN_KEYS.has(key))
    this.#entries = new Map([...flat, ...SETTINGS_KEYS.flatMap((key) => node.get(key)?.entries() ?? [])])
  }

  node(key: string): DocumentNode | undefined {
    const found = this.#entries.get(key)
    return found?.value === null ? undefined : found
  }

  text(key: string): string | undefined {
    return this.node(key)?.text
  }

  /** A value that must be there; nothing where it is not. */
  expression(key: string): Expression {
    const node = this.node(key)
    return node === undefined ? literal(null) : readTemplated(node, this.desk)
  }

  mark<T extends object>(part: T): T {
    return this.desk.origins.mark(part, (this.node('name') ?? this.#node).place)
  }

  /** Whether everything needed is there; every key that is not known is a problem too. */
  fit(kind: Kind, type: string): boolean {
    for (const [key, node] of this.#entries) {
      if (kind.settings.includes(key)) continue
      const hint = suggestionFor(key, kind.settings)
      this.desk.reportAt('BP1103', `unknown key "${key}" of ${type}`, node.keyPlace, {
        pointer: node.pointer,
        ...present({ hint }),
      })
    }
    const missing = kind.needed.filter((key) => this.node(key) === undefined)
    for (const key of missing)
      this.desk.report('BP1104', `${type} needs the key "${key}"`, this.#node, { hint: `add "${key}:"` })
    const name = this.node('name')
    if (missing.length > 0 || name === undefined || name.text !== undefined) return missing.length === 0
    this.desk.report('BP1102', 'a name is a text', name, { hint: 'e.g. "requests"' })
    return false
  }
}

function sensorOf(given: Settings, source: SensorSource): SensorSpec {
  return given.mark({ name: given.text('name') ?? '', type: sensorType(given, source), source })
}

function sensorType(given: Settings, source: SensorSource): SensorSpec['type'] {
  const written = given.text('sensorType') ?? given.text('targetType')
  if (written === undefined) return impliedType(given, source)
  const name = normalName(written.replace(/^(?:[a-z]+\.)+/, ''))
  return (Object.hasOwn(SENSOR_TYPES, name) ? SENSOR_TYPES[name] : undefined) ?? 'json'
}

function impliedType(given: Settings, source: SensorSource): SensorSpec['type'] {
  if (source.kind === 'static' && source.value.kind === 'literal') return typeOfValue(source.value.value)
  const format = given.text('format')
  return source.kind === 'http' || format === 'yaml' || format === 'json' ? 'json' : 'string'
}

const SENSOR_TYPES: { readonly [name: string]: SensorSpec['type'] } = {
  string: 'string',
  integer: 'number',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  number: 'number',
  boolean: 'boolean',
}

function typeOfValue(value: Json): SensorSpec['type'] {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'json'
}

function commandSource(given: Settings): SensorSource {
  return { kind: 'command', command: commandOf(given), ...pollOf(given) }
}

function httpSource(given: Settings): SensorSource {
  const { desk } = given
  const [user, password] = [given.node('username'), given.node('password')]
  const headers = given.node('headers')?.entries() ?? []
  return {
    kind: 'http',
    url: given.expression('uri'),
    ...pollOf(given),
    ...present({
      select: given.text('jsonPath'),
      headers:
        headers.length === 0
          ? undefined
          : Object.fromEntries(headers.map(([name, value]) => [name, readExpression(value, desk)])),
      login:
        user === undefined
          ? undefined
          : {
              user: readExpression(user, desk),
              password: password === undefined ? literal('') : readExpression(password, desk),
            },
    }),
  }
}

function pollOf(given: Settings): { readonly period: number; readonly onError?: Json } {
  const onError = given.node('value.on.error')
  return {
    period: Math.max(LEAST_PERIOD, durationOf(given.node('period')?.value) ?? PERIOD),
    ...(onError === undefined ? {} : { onError: plainCopy(onError.value) }),
  }
}

/** The command, run in its directory where it names one. */
function commandOf(given: Settings): Expression {
  const node = given.node('command')
  const command = node === undefined ? literal('') : readExpression(node, given.desk)
  const directory = given.node('executionDir')
  if (directory === undefined) return command
  if (directory.text === undefined || isDsl(directory)) {
    given.desk.report('BP1308', 'the directory of a command is a plain text', directory, {
      hint: 'change to it in the command',
    })
    return command
  }
  const pattern = `cd ${quoted(directory.text)} || exit 1\n`
  if (command.kind === 'literal' && typeof command.value === 'string')
    return literal(`${pattern}${command.value}`)
  return { kind: 'format', pattern: `${pattern.replaceAll('%', '%%')}%s`, arguments: [command] }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function effectorOf(given: Settings): EffectorSpec {
  const { desk } = given
  const target = given.node('executionTarget')
  if (target !== undefined && normalName(target.text ?? '') !== 'entity')
    desk.report('BP1108', 'a command that runs elsewhere than at its entity is not supported yet', target, {
      hint: 'leave it out',
    })
  return given.mark({
    name: given.text('name') ?? '',
    ...present({ description: given.text('description') }),
    parameters: readParameters(given.node('parameters'), desk).map(({ parameter }) =>
      withCheckedDefault(parameter, desk),
    ),
    command: commandOf(given),
    timeout: durationOf(given.node('timeout')?.value) ?? EFFECTOR_TIMEOUT,
  })
}
