import { normalName } from '../../suggest.js'
import type {
  ConfigMap,
  EntitySpec,
  Json,
  MachineSpec,
  PlacementSpec,
  RelationSpec,
  RetrySpec,
  SensorSpec,
} from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import { type DocumentNode, numberAt, textAt } from '../../read/document-node.js'
import { durationAt, durationOf } from '../../resolve/amounts.js'
import { JOB_ATTEMPTS, startsAfter } from '../../resolve/defaults.js'
import { resolveParameters } from '../../resolve/parameters.js'
import type { EntityForm, EntityType } from '../../resolve/type-lookup.js'
import { balancerSoftware, readBalance, reportMachine, withListener } from './software/balance.js'
import { isDsl, readExpression } from './language/expressions.js'
import { nameOf } from './types/entity-type.js'
import { DERIVED_CONFIG } from './structure/group-types.js'
import type { CampReader } from './reader.js'
import { readDerived } from './structure/groups.js'
import { readGates } from './software/gates.js'
import { readInitializers } from './added/initializers.js'
import { reportLocationsFilter } from './structure/cluster-keys.js'
import { CONFIG_SPELLINGS, type Fields, type Key, SPELLINGS } from './keys.js'
import { readLocations } from './locations.js'
import { portSensors } from './software/inferred-ports.js'
import { MACHINE_KEYS, readMachine, wordsOf } from './software/machine.js'
import { PROCESS_CONFIG } from './software/process-forms.js'
import { asProcess, startLimits, startedAs } from './software/process.js'
import { plainCopy } from '../../read/plain-copy.js'
import { readParameters } from './parameters/parameters.js'
import { readEffectors, readHealth, readSensors } from './added/sensors.js'
import { readAddresses, readVolumes } from './resources.js'
import { SOFTWARE_KEYS, healthOf, readSoftware } from './software/software.js'
import { present } from '../../resolve/present.js'
import { STARTABLE_CONFIG, readStartable, restartOf } from './software/startable.js'
import { SAME_SERVER, STARTABLE } from './types/types.js'

/** What an entity is by itself, without its name and without what a role says about the number of its members. */
export function readBody(
  fields: Fields,
  type: EntityType | undefined,
  reader: CampReader,
): Partial<EntitySpec> {
  const { desk } = reader
  const form = type?.form ?? 'group'
  const retry = readRetry(fields.get('retry'))
  const derived = readDerived(fields, type?.name, reader)
  if (type !== undefined) checkKeys(fields, form, desk)
  reportLocationsFilter(fields, desk)
  const real = realised(fields, form, reader)
  const asked = readHealth(fields.get('health'), desk) ?? healthOf(real.software)
  return {
    ...real,
    children: childrenOf(fields, form, reader),
    ...(type?.name === SAME_SERVER ? { sharesMachine: true } : {}),
    sensors: withPorts([...derived.sensors, ...readSensors(fields, desk)], real.machine),
    effectors: [
      ...(form === 'startable' ? restartOf(fields, desk) : []),
      ...derived.effectors,
      ...readEffectors(fields, desk),
    ],
    ...readInitial(fields, desk),
    ...readGates(fields, desk),
    ...present({
      health: hasSoftware(form) ? startLimits(asked, fields, real.software) : asked,
      retry,
      group: derived.group,
      conditional: derived.conditional,
    }),
  }
}

/** A sensor that is written counts before that of a port. */
function withPorts(own: readonly SensorSpec[], machine: MachineSpec | undefined): readonly SensorSpec[] {
  const ports = machine?.ports ?? []
  return [...own, ...portSensors(ports).filter(({ name }) => own.every((one) => one.name !== name))]
}

function childrenOf(fields: Fields, form: EntityForm, reader: CampReader): readonly EntitySpec[] {
  const children = reader.children(fields)
  return hasSoftware(form) ? startedAs(children, fields, reader.desk) : children
}

function hasSoftware(form: EntityForm): boolean {
  return form !== 'group' && form !== 'members' && form !== 'startable'
}

/** Workflows that are run when an entity comes to be. */
export function readInitial(fields: Fields, desk: TranslationDesk): Pick<EntitySpec, 'initial'> {
  const { initial } = readInitializers(fields, desk)
  return initial.length === 0 ? {} : { initial }
}

/** Config and parameters of an entity; the parameters' values are part of the config. */
export function readConfig(
  fields: Fields,
  desk: TranslationDesk,
  given: { readonly [name: string]: Json } = {},
): Pick<EntitySpec, 'config' | 'parameters'> {
  const written = fields.get('type')?.text ?? ''
  const isStartable = desk.input.types.find(written)?.form === 'startable'
  const entries = SPELLINGS.config
    .flatMap((spelling) => fields.node.get(spelling)?.entries() ?? [])
    .filter(([key]) => PROCESS_CONFIG.has(key) || !CONFIG_SPELLINGS.has(key))
    .filter(([key]) => !DERIVED_CONFIG.has(key))
    .filter(([key]) => !isStartable || !STARTABLE_CONFIG.has(key))
  const config: ConfigMap = Object.fromEntries(
    entries.map(([key, node]) => [key, desk.origins.markKey(readExpression(node, desk), node.keyPlace)]),
  )
  const parameters = readParameters(fields.get('parameters'), desk).map(({ parameter }) => parameter)
  return resolveParameters(parameters, given, config, desk)
}

/** What is only said about an entity. */
export function readNotes(
  fields: Fields,
  desk: TranslationDesk,
): Pick<EntitySpec, 'tags' | 'details'> & { readonly description?: string } {
  const description = fields.get('description')?.text
  const details = fields.get('details')?.entries() ?? []
  const icon = fields.get('iconUrl')?.text
  reportLeftovers(fields, desk)
  return {
    tags: readTags(fields, desk),
    details: {
      ...present({ iconUrl: icon }),
      ...Object.fromEntries(
        details.map(([key, node]) => [key, String(node.text ?? node.number ?? node.flag ?? '')]),
      ),
    },
    ...present({ description }),
  }
}

/** What Brooklyn reads of CAMP and does nothing with. */
function reportLeftovers(fields: Fields, desk: TranslationDesk): void {
  for (const node of [fields.get('artifacts'), fields.get('characteristics')]) {
    if (node === undefined) continue
    desk.reportAt('BP1241', `"${node.key}" has no effect here`, node.keyPlace, {
      severity: 'warning',
      pointer: node.pointer,
      hint: 'it is read in plans with "camp_version"; leave it out',
    })
  }
}

/** Texts and maps; a tag is known before anything runs, so it holds no expression. */
function readTags(fields: Fields, desk: TranslationDesk): readonly Json[] {
  const written = [...(fields.get('tags')?.items() ?? []), ...readInitializers(fields, desk).tags]
  return written.flatMap((tag) => {
    const inside = expressionIn(tag)
    if (inside === undefined) return [plainCopy(tag.value)]
    desk.report('BP1308', 'a tag cannot be an expression', inside, {
      hint: 'write a text or a map of plain values',
    })
    return []
  })
}

function expressionIn(node: DocumentNode): DocumentNode | undefined {
  if (isDsl(node)) return node.get('$brooklyn:literal') === undefined ? node : undefined
  const parts = node.isList ? node.items() : node.entries().map(([, part]) => part)
  for (const part of parts) {
    const found = expressionIn(part)
    if (found !== undefined) return found
  }
  return undefined
}

/** Where an entity may be put. */
export function readPlacement(fields: Fields, desk: TranslationDesk): PlacementSpec {
  const node = fields.get('locations')
  const spread = SPREADS.find((one) => one === fields.get('spread')?.text)
  const caps = fields
    .get('caps')
    ?.entries()
    .map(([site, most]) => [site, most.number ?? 0] as const)
  const placement: PlacementSpec = {
    locations: readLocations(node, desk),
    zones: wordsOf(fields.get('zones')),
    ...present({ spread, caps: caps === undefined ? undefined : Object.fromEntries(caps) }),
    ...readHostLoss(fields),
  }
  return node === undefined ? placement : desk.origins.mark(placement, node.place)
}

/** What is done about machines whose hosts are lost, and when they count as that. */
function readHostLoss(fields: Fields): Pick<PlacementSpec, 'onHostLost' | 'lostAfter'> {
  const onHostLost = HOST_LOSS_RULES.find((rule) => rule === fields.get('onHostLost')?.text)
  return present({ onHostLost, lostAfter: durationOf(fields.get('lostAfter')?.value) })
}

const HOST_LOSS_RULES = ['wait', 'fence', 'recreate'] as const

const SPREADS = ['in-order', 'round-robin', 'balance'] as const

/** What an entity waits for. */
export function readRelations(fields: Fields, desk: TranslationDesk): readonly RelationSpec[] {
  const node = fields.get('needs')
  if (node === undefined) return []
  const items = node.text === undefined ? node.items() : [node]
  return items.flatMap((item) =>
    item.text === undefined ? [] : [desk.origins.mark(startsAfter(item.text), item.place)],
  )
}

/** How failures are met. */
export function readRetry(node: DocumentNode | undefined): RetrySpec | undefined {
  if (node?.isMap !== true) return undefined
  const backoff = node.get('backoff')
  const then = OUTCOMES.find((outcome) => outcome === textAt(node, 'then'))
  return present({
    attempts: numberAt(node, 'attempts'),
    for: durationOf(node.get('for')?.value),
    backoff: backoff === undefined ? undefined : backoffOf(backoff),
    then,
  })
}

const OUTCOMES = ['alert', 'replace', 'expunge', 'give-up'] as const

function backoffOf(node: DocumentNode): NonNullable<RetrySpec['backoff']> {
  return {
    initial: durationAt(node, 'initial', 1_000),
    factor: numberAt(node, 'factor') ?? 2,
    max: durationAt(node, 'max', 60_000),
  }
}

function realised(fields: Fields, form: EntityForm, reader: CampReader): Partial<EntitySpec> {
  if (form !== 'startable') return realisation(fields, form, reader)
  return { ...realisation(fields, 'group', reader), ...readStartable(fields, reader.desk) }
}

function realisation(fields: Fields, form: EntityForm, reader: CampReader): Partial<EntitySpec> {
  const { desk } = reader
  const balance = readBalance(fields, desk)
  const own = {
    volumes: readVolumes(fields, desk),
    ...present({ addresses: readAddresses(fields, desk), balance }),
  }
  if (form === 'group' || form === 'members') return own
  if (balance?.by === 'place') {
    reportMachine(fields, desk)
    return own
  }
  const isService = form === 'container'
  const ids = ['id', 'name'].map((key) => fields.node.get(key)?.text ?? fields.node.key)
  const machine = readMachine(fields, { isService, isPublic: ids.some((id) => reader.isPublic(id)) }, desk)
  const written = asProcess(readSoftware(fields, desk), fields, desk)
  const software = balance === undefined ? written : balancerSoftware(written, balance)
  return {
    ...own,
    machine: balance === undefined ? machine : withListener(machine, balance),
    ...present({ software }),
    ...(form === 'job' ? { job: { attempts: fields.get('attempts')?.number ?? JOB_ATTEMPTS } } : {}),
  }
}

const NEEDED: { readonly [form in EntityForm]?: readonly Key[] } = {
  software: [
    'launch',
    'launchWorkflow',
    'downloadUrl',
    'install',
    'installWorkflow',
    'customize',
    'filesRuntime',
    'templatesRuntime',
    'balance',
  ],
  container: ['image'],
  job: ['run', 'launch'],
}

/** What its workflows do is enough for these, be it nothing. */
const MAY_DO_NOTHING: ReadonlySet<string> = new Set(['workflowsoftwareprocess'])

/** A form needs some keys, and has no use for others. */
function checkKeys(fields: Fields, form: EntityForm, desk: TranslationDesk): void {
  const type = fields.get('type') ?? fields.node
  const needed = MAY_DO_NOTHING.has(normalName((type.text ?? '').replace(/^.*[.]/, '')))
    ? []
    : (NEEDED[form] ?? [])
  if (
    needed.length > 0 &&
    !needed.some((key) => fields.get(key) !== undefined || fields.get('provisioning') !== undefined)
  ) {
    const [first = ''] = needed
    desk.reportAt('BP1104', `${nameOf(fields)} needs the key "${first}"`, type.place, {
      pointer: fields.node.pointer,
      hint: `add "${first}:"`,
    })
  }
  if (form === 'group') reportUseless('group', fields, desk)
  if (form === 'startable') reportUseless(STARTABLE, fields, desk)
}

function reportUseless(what: string, fields: Fields, desk: TranslationDesk): void {
  for (const key of [...SOFTWARE_KEYS, ...MACHINE_KEYS]) {
    const useless = fields.get(key)
    if (useless === undefined || (what === STARTABLE && key === 'stopWorkflow')) continue
    const hint = 'change its "type", or leave it out: the type follows from the other keys'
    desk.reportAt('BP1207', `a ${what} has no use for "${useless.key}"`, useless.keyPlace, {
      pointer: useless.pointer,
      hint,
    })
  }
}
