import type { Json, JsonObject } from '../../../engine/index.js'
import {
  LEFTOVER_FORMS,
  coresOrText,
  bytes,
  closed,
  command,
  duration,
  flag,
  listOf,
  mapOf,
  places,
  quorum,
  sensor,
  shortOr,
  text,
  textValue,
  whole,
  word,
  wordValue,
  words,
  victims,
} from './forms.js'
import { BALANCE_FORM } from './software/balance.js'
import { type Key, SPELLINGS, configSpellingsOf, spellingsOf } from './keys.js'
import { parameterForm } from './parameters/parameters-form.js'
import { OPEN_PROVISIONING } from './software/inferred-ports.js'
import { UNUSED_PROVISIONING } from './software/machine.js'
import { operationForm } from './software/operation-form.js'
import { PROCESS_FORMS } from './software/process-forms.js'
import { OWN_FORMS, SHARED_FORMS } from './resources.js'

const entity: JsonObject = { $ref: '#/$defs/entity' }
const file = shortOr(text, {
  path: text,
  from: text,
  content: textValue,
  template: text,
  templateFrom: text,
  mode: { type: ['string', 'integer'] },
})
const files: JsonObject = { $ref: '#/$defs/files' }
const pathMap = mapOf(text)
const scalar: JsonObject = { type: ['string', 'number', 'boolean'] }

const port = closed({
  name: text,
  number: { type: 'integer', minimum: 1, maximum: 65_535 },
  key: { type: 'string', description: 'a config key that says the number: 80, 80+, 80-90' },
  protocol: { enum: ['tcp', 'udp'] },
  published: flag,
  scheme: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*$', description: 'a scheme such as http' },
})
const portNumber = { minimum: 1, maximum: 65_535 }

/** A workflow, or its steps. */
const flow: JsonObject = { type: ['object', 'array'] }
const operation: JsonObject = { $ref: '#/$defs/operation' }
const parameter: JsonObject = { $ref: '#/$defs/parameter' }

/** A latch is any value: what counts is whether it is truthy. */
const LATCH_FORMS = {
  latchProvision: true,
  latchStart: true,
  latchSetup: true,
  latchPreInstallResources: true,
  latchInstallResources: true,
  latchInstall: true,
  latchCustomizeResources: true,
  latchCustomize: true,
  latchLaunchResources: true,
  latchLaunch: true,
  latchStop: true,
} as const

/** Forms by key; the two that hold other keys are below. */
const FORMS: { readonly [key in Exclude<Key, 'config' | 'memberSpec'>]: Json } = {
  firstMemberSpec: { $ref: '#/$defs/memberSpec' },
  controllerSpec: { $ref: '#/$defs/memberSpec' },
  type: text,
  name: text,
  id: text,
  displayName: text,
  description: text,
  iconUrl: text,
  locations: places,
  zones: words,
  spread: { enum: ['in-order', 'round-robin', 'balance'] },
  caps: mapOf({ ...whole, type: 'integer' }),
  onHostLost: { enum: ['wait', 'fence', 'recreate'] },
  lostAfter: duration,
  priority: { type: 'integer', minimum: 0, maximum: 1_000_000 },
  needs: words,
  count: shortOr({ ...whole, type: 'integer' }, { initial: whole, min: whole, max: whole }),
  initialSize: whole,
  minSize: whole,
  maxSize: whole,
  startQuorum: { ...quorum, minimum: -1 },
  runningQuorum: quorum,
  healthyQuorum: quorum,
  removal: true,
  restartMode: {
    type: 'string',
    pattern: '^([oO][fF][fF]|[sS][eE][qQ][uU][eE][nN][tT][iI][aA][lL]|[pP][aA][rR][aA][lL][lL][eE][lL])$',
    description: 'off, sequential or parallel',
  },
  victims,
  concurrency: whole,
  quarantine: flag,
  quarantineFilter: true,
  zoneFailure: true,
  replacement: closed({ order: { enum: ['new-first', 'old-first'] }, surge: whole, unavailable: whole }),
  parameters: { type: ['array', 'object'], items: parameter, additionalProperties: parameter },
  children: listOf(entity),
  roles: { type: ['array', 'object'], items: entity, additionalProperties: entity },
  policies: listOf({ type: 'object', properties: { type: text, policyType: text, name: text, id: text } }),
  enrichers: listOf({ type: 'object', properties: { type: text, enricherType: text, name: text, id: text } }),
  initializers: listOf({ type: 'object', properties: { type: text } }),
  tags: { type: 'array' },
  ...LEFTOVER_FORMS,
  details: mapOf(scalar),
  sensors: mapOf(sensor),
  effectors: mapOf(
    shortOr(
      { type: ['string', 'boolean'] },
      {
        command,
        description: text,
        parameters: { type: ['array', 'object'], items: parameter, additionalProperties: parameter },
        environment: { type: 'object' },
        timeout: duration,
      },
    ),
  ),
  health: shortOr(text, {
    http: textValue,
    command,
    expectStatus: { type: 'integer', minimum: 100, maximum: 599 },
    every: duration,
    timeout: duration,
    failures: { type: 'integer', minimum: 1, maximum: 1000 },
    grace: duration,
  }),
  retry: closed({
    attempts: { type: 'integer', minimum: 0, maximum: 1_000_000 },
    for: duration,
    backoff: closed({
      initial: duration,
      factor: { type: 'number', minimum: 1, maximum: 100 },
      max: duration,
    }),
    then: { enum: ['alert', 'replace', 'expunge', 'give-up'] },
  }),
  image: wordValue,
  offering: wordValue,
  cores: { type: 'number', exclusiveMinimum: 0, maximum: 100_000 },
  memory: bytes,
  command: { type: ['string', 'array', 'object'], items: textValue },
  port: {
    ...portNumber,
    type: ['string', 'integer', 'object'],
    properties: port['properties'] ?? {},
    additionalProperties: false,
  },
  ports: {
    type: ['array', 'object'],
    items: {
      ...portNumber,
      type: ['string', 'integer', 'object'],
      properties: port['properties'] ?? {},
      additionalProperties: false,
    },
    additionalProperties: { ...portNumber, type: 'integer' },
  },
  userData: textValue,
  keyPair: word,
  ...OWN_FORMS,
  balance: BALANCE_FORM,
  options: { type: 'object' },
  provisioning: closed({
    minCores: coresOrText,
    minRam: bytes,
    imageId: wordValue,
    hardwareId: wordValue,
    ...Object.fromEntries(OPEN_PROVISIONING.map((key) => [key, PROCESS_FORMS.loginPorts] as const)),
    ...Object.fromEntries(UNUSED_PROVISIONING.map((key) => [key, true] as const)),
  }),
  install: operation,
  preInstall: command,
  postInstall: command,
  customize: operation,
  preCustomize: command,
  postCustomize: command,
  launch: operation,
  preLaunch: command,
  postLaunch: command,
  check: operation,
  stop: operation,
  installWorkflow: flow,
  customizeWorkflow: flow,
  launchWorkflow: flow,
  checkWorkflow: flow,
  stopWorkflow: flow,
  reload: operation,
  run: operation,
  attempts: { type: 'integer', minimum: 1, maximum: 1000 },
  environment: { type: 'object' },
  files: listOf(file),
  filesPreinstall: pathMap,
  filesInstall: pathMap,
  filesCustomize: pathMap,
  filesRuntime: pathMap,
  templatesPreinstall: pathMap,
  templatesInstall: pathMap,
  templatesCustomize: pathMap,
  templatesRuntime: pathMap,
  installDirectory: text,
  runDirectory: text,
  ...PROCESS_FORMS,
  ...LATCH_FORMS,
}

const keys = Object.keys(SPELLINGS) as readonly Key[]
/** Forms that many places share are written, and compiled, once. */
const formOf = (key: Key): Json => ({ $ref: `#/$defs/${key}` })
const entityKeys = Object.fromEntries(
  keys.flatMap((key) => spellingsOf(key).map((spelling) => [spelling, formOf(key)] as const)),
)
const configKeys = Object.fromEntries(
  keys.flatMap((key) => configSpellingsOf(key).map((spelling) => [spelling, formOf(key)] as const)),
)

const output = shortOr(text, { role: text, port: text })

/** Keys that entities and the application have in common. */
const SHARED: readonly Key[] = [
  'name',
  'id',
  'description',
  'iconUrl',
  'locations',
  'zones',
  'spread',
  'caps',
  'onHostLost',
  'lostAfter',
  'config',
  'parameters',
  'children',
  'roles',
  'policies',
  'enrichers',
  'initializers',
  'tags',
  'details',
  ...(Object.keys(LEFTOVER_FORMS) as readonly (keyof typeof LEFTOVER_FORMS)[]),
  ...(['sensors', 'effectors', 'retry', 'keyPair'] as const),
  ...(Object.keys(LATCH_FORMS) as readonly (keyof typeof LATCH_FORMS)[]),
]
const shared = Object.fromEntries(
  SHARED.flatMap((key) => spellingsOf(key).map((spelling) => [spelling, formOf(key)] as const)),
)

/** The form of a document of this dialect, JSON Schema 2020-12. */
export const campSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A blueprint in the camp dialect',
  $defs: {
    entity: { type: 'object', additionalProperties: false, properties: entityKeys },
    memberSpec: {
      type: 'object',
      additionalProperties: false,
      properties: { ...entityKeys, '$brooklyn:entitySpec': entity },
    },
    config: { type: 'object', properties: configKeys },
    ...FORMS,
    operation: operationForm(files),
    parameter: parameterForm,
  },
  ...closed({
    ...shared,
    services: listOf(entity),
    type: text,
    serviceType: text,
    origin: text,
    owner: text,
    ...SHARED_FORMS,
    endpoint: output,
    consoleEndpoint: output,
    onStartFailure: { enum: ['retry', 'expunge'] },
    collect: flag,
    grace: duration,
    changeDeadline: duration,
    keepMachines: flag,
    lease: duration,
    'brooklyn.catalog': { unsupported: 'add it to the catalog instead of deploying it' },
  }),
}
