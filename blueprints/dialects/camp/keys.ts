import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'

/** The spellings of each key, the one to be recommended first. Dotted ones may also stand inside the config. */
export const SPELLINGS = {
  type: ['type', 'serviceType', 'service_type'],
  name: ['name'],
  id: ['id'],
  displayName: ['displayName'],
  description: ['description'],
  iconUrl: ['iconUrl'],
  locations: ['location', 'locations'],
  zones: ['zones', 'dynamiccluster.availabilityZones'],
  spread: ['spread'],
  caps: ['caps'],
  onHostLost: ['onHostLost'],
  lostAfter: ['lostAfter'],
  priority: ['priority'],
  needs: ['needs'],
  count: ['count'],
  initialSize: ['initialSize', 'cluster.initial.size'],
  minSize: ['minSize', 'cluster.min.size'],
  maxSize: ['maxSize', 'cluster.max.size'],
  startQuorum: ['startQuorum', 'cluster.initial.quorumSize'],
  runningQuorum: ['runningQuorum', 'quorum.up'],
  healthyQuorum: ['healthyQuorum', 'quorum.running'],
  memberSpec: ['memberSpec', 'dynamiccluster.memberspec', 'cluster.memberspec', 'dynamicfabric.memberspec'],
  firstMemberSpec: [
    'firstMemberSpec',
    'dynamiccluster.firstmemberspec',
    'cluster.firstmemberspec',
    'dynamicfabric.firstmemberspec',
  ],
  controllerSpec: ['controllerSpec', 'controlleddynamicwebappcluster.controllerSpec'],
  victims: ['victims'],
  removal: ['dynamiccluster.removalstrategy', 'removalStrategy'],
  restartMode: ['dynamiccluster.restartMode', 'restartMode'],
  concurrency: ['concurrency', 'dynamiccluster.maxConcurrentChildCommands'],
  quarantine: ['quarantine', 'dynamiccluster.quarantineFailedEntities'],
  quarantineFilter: ['quarantineFilter', 'dynamiccluster.quarantineFilter'],
  zoneFailure: ['dynamiccluster.zone.failureDetector', 'zoneFailureDetector'],
  replacement: ['replacement'],
  config: ['config', 'brooklyn.config', 'brooklyn.flags'],
  parameters: ['parameters', 'brooklyn.parameters'],
  children: ['children', 'brooklyn.children'],
  roles: ['roles'],
  policies: ['policies', 'brooklyn.policies'],
  enrichers: ['enrichers', 'brooklyn.enrichers'],
  initializers: ['initializers', 'brooklyn.initializers'],
  tags: ['tags', 'brooklyn.tags'],
  details: ['details'],
  artifacts: ['artifacts'],
  characteristics: ['characteristics'],
  sensors: ['sensors'],
  effectors: ['effectors'],
  health: ['health'],
  retry: ['retry'],
  image: ['image', 'template'],
  offering: ['offering', 'size'],
  cores: ['cores'],
  memory: ['memory'],
  command: ['command'],
  port: ['port'],
  ports: ['ports'],
  userData: ['userData'],
  keyPair: ['keyPair'],
  networks: ['networks', 'network'],
  volumes: ['volumes', 'volume'],
  addresses: ['addresses'],
  balance: ['balance'],
  rules: ['rules'],
  options: ['options'],
  provisioning: ['provisioningProperties', 'provisioning.properties'],
  install: ['install', 'install.command'],
  preInstall: ['preInstall', 'pre.install.command'],
  postInstall: ['postInstall', 'post.install.command'],
  customize: ['customize', 'customize.command'],
  preCustomize: ['preCustomize', 'pre.customize.command'],
  postCustomize: ['postCustomize', 'post.customize.command'],
  launch: ['launch', 'launch.command'],
  preLaunch: ['preLaunch', 'pre.launch.command'],
  postLaunch: ['postLaunch', 'post.launch.command'],
  check: ['checkRunning', 'check', 'checkRunning.command'],
  stop: ['stop', 'stop.command'],
  installWorkflow: ['install.workflow'],
  customizeWorkflow: ['customize.workflow'],
  launchWorkflow: ['launch.workflow'],
  checkWorkflow: ['checkRunning.workflow'],
  stopWorkflow: ['stop.workflow'],
  reload: ['reload'],
  run: ['run'],
  attempts: ['attempts'],
  environment: ['environment', 'env', 'shell.env'],
  files: ['files'],
  filesPreinstall: ['files.preinstall'],
  filesInstall: ['files.install'],
  filesCustomize: ['files.customize'],
  filesRuntime: ['files.runtime'],
  templatesPreinstall: ['templates.preinstall'],
  templatesInstall: ['templates.install'],
  templatesCustomize: ['templates.customize'],
  templatesRuntime: ['templates.runtime'],
  installDirectory: ['installDirectory', 'install.dir'],
  runDirectory: ['runDirectory', 'run.dir'],
  downloadUrl: ['download.url'],
  archiveName: ['archive.nameFormat'],
  installLabel: ['install.unique_label', 'installLabel'],
  onboxBase: ['onbox.base.dir'],
  expandedDirectory: ['expandedinstall.dir', 'expandedInstallDir'],
  skipStart: ['skip.start'],
  skipStartIfRunning: ['skip.start.ifRunning'],
  skipInstall: ['skip.install'],
  childrenMode: ['children.startable.mode', 'childStartMode'],
  startTimeout: ['start.timeout'],
  runningPeriod: ['softwareProcess.serviceProcessIsRunningPollPeriod'],
  runningAsked: ['sshMonitoring.enabled'],
  rebindDelay: ['softwareProcess.maxSensorRebindDelay'],
  usageMetrics: ['metrics.usage.retrieve'],
  openTables: ['openIptables'],
  stopTables: ['stopIptables'],
  plainSudo: ['dontRequireTtyForSudo'],
  openPortsEffector: ['effector.add.openInboundPorts'],
  loginPorts: ['requiredOpenLoginPorts'],
  inferredPorts: ['inboundPorts.autoInfer'],
  inferredPortNames: ['inboundPorts.configRegex'],
  skipResolution: ['onbox.base.dir.skipResolution'],
  latchProvision: ['latch.provision', 'provision.latch'],
  latchStart: ['latch.start', 'start.latch'],
  latchSetup: ['latch.setup', 'setup.latch'],
  latchPreInstallResources: ['latch.preInstall.resources', 'resources.preInstall.latch'],
  latchInstallResources: ['latch.install.resources', 'resources.install.latch'],
  latchInstall: ['latch.install', 'install.latch'],
  latchCustomizeResources: ['latch.customize.resources', 'resources.customize.latch'],
  latchCustomize: ['latch.customize', 'customize.latch'],
  latchLaunchResources: ['latch.launch.resources', 'resources.runtime.latch'],
  latchLaunch: ['latch.launch', 'launch.latch'],
  latchStop: ['latch.stop', 'stop.latch'],
} as const

/** Brooklyn's name of a plan id in the config. */
export const PLAN_ID = 'camp.plan.id'

/** What a key means, whatever its spelling. */
export type Key = keyof typeof SPELLINGS

/** A dotted key as one word, as some write it: `launch.command` is `launchCommand`. */
export function camelCase(key: string): string {
  return key.replace(/\.([a-z])/g, (_all, letter: string) => letter.toUpperCase())
}

/** All ways to write a key at an entity. */
export function spellingsOf(key: Key): readonly string[] {
  const written: readonly string[] = SPELLINGS[key]
  const camel = written
    .filter((spelling) => spelling.includes('.') && !spelling.startsWith('brooklyn.'))
    .map(camelCase)
  return [...new Set([...written, ...camel])]
}

/** The ways to write a key inside a config. */
export function configSpellingsOf(key: Key): readonly string[] {
  const written: readonly string[] = SPELLINGS[key]
  const direct = IN_CONFIG.has(key) ? written.slice(0, 1) : []
  const also = ALSO_IN_CONFIG[key]
  return [
    ...direct,
    ...(also === undefined ? [] : [also]),
    ...written.filter((spelling) => spelling.includes('.') && !spelling.startsWith('brooklyn.')),
  ]
}

/** Undotted keys that Brooklyn takes from the config. */
const IN_CONFIG: ReadonlySet<Key> = new Set<Key>([
  ...(['initialSize', 'maxSize', 'memberSpec', 'firstMemberSpec'] as const),
  ...(['openTables', 'stopTables', 'plainSudo', 'loginPorts'] as const),
])
const ALSO_IN_CONFIG: { readonly [key in Key]?: string } = {
  environment: 'env',
  removal: 'removalStrategy',
  quarantineFilter: 'quarantineFilter',
  zoneFailure: 'zoneFailureDetector',
  restartMode: 'restartMode',
}

/** Every spelling that is not plain config when it stands in a config. */
export const CONFIG_SPELLINGS: ReadonlySet<string> = new Set(
  (Object.keys(SPELLINGS) as Key[]).flatMap((key) => configSpellingsOf(key)),
)

/** The keys of one entity, wherever they are written: at the entity itself or in its config. */
export class Fields {
  readonly node: DocumentNode
  readonly #desk: TranslationDesk

  constructor(node: DocumentNode, desk: TranslationDesk) {
    this.node = node
    this.#desk = desk
  }

  /** The value of a key; a second spelling of it is a problem. */
  get(key: Key): DocumentNode | undefined {
    const [first, second] = this.all(key)
    if (first !== undefined && second !== undefined) {
      const hint = `keep one of "${first.key}" and "${second.key}"`
      this.#desk.reportAt('BP1109', `"${second.key}" and "${first.key}" mean the same`, second.keyPlace, {
        pointer: second.pointer,
        hint,
      })
    }
    return first
  }

  /** Whether one of these keys is given. */
  hasAny(...keys: readonly Key[]): boolean {
    return keys.some((key) => this.all(key).length > 0)
  }

  /** The number under a key, or `fallback`. */
  numberOr<T>(key: Key, fallback: T): number | T {
    return this.get(key)?.number ?? fallback
  }

  /** All values of a key, in the order of its spellings. */
  all(key: Key): readonly DocumentNode[] {
    const own = spellingsOf(key).map((spelling) => this.node.get(spelling))
    const inside = this.#configs().flatMap((config) =>
      configSpellingsOf(key).map((spelling) => config.get(spelling)),
    )
    return [...own, ...inside].filter((found) => found !== undefined)
  }

  #configs(): readonly DocumentNode[] {
    return SPELLINGS.config.map((spelling) => this.node.get(spelling)).filter((found) => found !== undefined)
  }
}
