import type { TranslationDesk } from '../../../dialect.js'
import { type Located, SourceDocument } from '../../../read/document.js'
import { DocumentNode } from '../../../read/document-node.js'
import { changed, isMapPart, mapPart, raised, textOfPart, withSource } from '../../../read/graft.js'
import { placesOf } from '../location-forms.js'
import { MACHINE_SETTINGS } from '../locations.js'
import { type Key, Fields, SPELLINGS, configSpellingsOf, spellingsOf } from '../keys.js'
import { MACHINE_KEYS } from './machine.js'
import { CONFIG, overlaid } from '../merge.js'
import { SOFTWARE_KEYS } from './software.js'

/**
 * A document in which what a config says about software and machines stands at those that it is said for: what an entity
 * without software of its own has in its config is handed down to all below it that have some. Maps are merged, other values
 * are for those that have none of their own, and an expression keeps meaning what it means where it is written.
 */
export function handDown(document: SourceDocument, desk: TranslationDesk): SourceDocument {
  const root = new Estate(document, desk).entity(document.root, NOTHING)
  return root === document.root ? document : new SourceDocument(document.file, root)
}

/** Keys that end with the first who has software. */
const ENDING: readonly Key[] = [
  ...(['environment', 'provisioning', 'install', 'preInstall', 'postInstall', 'customize'] as const),
  ...(['preCustomize', 'postCustomize', 'launch', 'preLaunch', 'postLaunch', 'check', 'stop'] as const),
  ...(['filesPreinstall', 'filesInstall', 'filesCustomize', 'filesRuntime'] as const),
  ...(['templatesPreinstall', 'templatesInstall', 'templatesCustomize', 'templatesRuntime'] as const),
]

/** Keys that go on to whatever is inside of it. */
const LASTING: readonly Key[] = [
  ...(['installDirectory', 'runDirectory', 'onboxBase', 'skipStart', 'skipStartIfRunning'] as const),
  ...(['skipInstall', 'runningPeriod', 'runningAsked'] as const),
]

/** What is told of where it is read, when nobody has a use for it. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(
  [...SOFTWARE_KEYS, ...MACHINE_KEYS].flatMap(configSpellingsOf),
)

/** A key of the config that has no other spelling. */
const SUBSTITUTIONS = 'template.substitutions'

const LASTING_SPELLINGS: ReadonlySet<string> = new Set(LASTING.flatMap(configSpellingsOf))
const HANDED: ReadonlySet<string> = new Set([
  ...ENDING.flatMap(configSpellingsOf),
  ...LASTING_SPELLINGS,
  SUBSTITUTIONS,
])

/** By these an entity without a type is software, or a machine. */
const OWN_SOFTWARE: readonly Key[] = [
  ...([
    'launch',
    'run',
    'image',
    'install',
    'customize',
    'offering',
    'cores',
    'memory',
    'provisioning',
  ] as const),
  ...(['filesRuntime', 'templatesRuntime'] as const),
]

const SOFTWARE_FORMS: ReadonlySet<string> = new Set(['software', 'machine', 'container', 'job'])

/** What comes from above, by its spelling in a config. */
type Inheritance = ReadonlyMap<string, Located>

/** What an entity has from those above it. */
interface Above {
  readonly said: Inheritance
  /** What is said of machines beside the name of the nearest location, by its key in `provisioning.properties`. */
  readonly placed: Inheritance
}

const NOTHING: Above = { said: new Map(), placed: new Map() }

class Estate {
  readonly #document: SourceDocument
  readonly #desk: TranslationDesk
  #heirs = 0

  constructor(document: SourceDocument, desk: TranslationDesk) {
    this.#document = document
    this.#desk = desk
  }

  /** An entity with all below it, and what comes to it from above. */
  entity(part: Located, above: Above, source: SourceDocument = this.#document): Located {
    if (!isMapPart(part)) return part
    const at = part.from ?? source
    const own = this.#placedBy(part, at)
    const placed = own ?? above.placed
    if (this.#isHeir(part, at)) {
      this.#heirs += 1
      const endowed = provisioned(
        above.said.size === 0 ? part : overlaid(holding(above.said, part), part),
        placed,
      )
      const said = together(lasting(above.said), lasting(handedBy(endowed, at)), part)
      return this.#below(endowed, { said, placed }, at)
    }
    const said = handedBy(part, at)
    const before = this.#heirs
    const whole = this.#below(part, { said: together(above.said, said, part), placed }, at)
    if (this.#heirs > before) return without(whole, said)
    this.#reportUseless(new Map([...said, ...(own ?? [])]), at)
    return whole
  }

  /** Undefined where no location is named. Of several, none says anything of machines. */
  #placedBy(part: Located, source: SourceDocument): Inheritance | undefined {
    if (SPELLINGS.locations.every((key) => part.parts.get(key) === undefined)) return undefined
    const [only, second] = placesOf(part, SPELLINGS.locations, source, this.#desk)
    if (only === undefined || second !== undefined) return new Map()
    return new Map(
      [...only.settings].flatMap(([key, { part: value, document }]) => {
        const meant = Object.hasOwn(MACHINE_SETTINGS, key) ? MACHINE_SETTINGS[key] : undefined
        return meant === undefined ? [] : [[meant, withSource(value, document)] as const]
      }),
    )
  }

  #isHeir(part: Located, source: SourceDocument): boolean {
    const written = SPELLINGS.type
      .map((key) => textOfPart(part.parts.get(key)))
      .find((name) => name !== undefined)
    const form = written === undefined ? undefined : this.#desk.input.types.find(written)?.form
    if (form !== undefined && form !== 'members') return SOFTWARE_FORMS.has(form)
    if (part === this.#document.root) return false
    const fields = new Fields(new DocumentNode(source, [], part), this.#desk)
    return form === undefined && !fields.hasAny('memberSpec') && fields.hasAny(...OWN_SOFTWARE)
  }

  /** What is told of commands and machines is told where the entity is read. */
  #reportUseless(said: Inheritance, source: SourceDocument): void {
    for (const [key, part] of said) {
      if (key === SUBSTITUTIONS || TOLD_ELSEWHERE.has(key)) continue
      const { keyPlace } = new DocumentNode(source, [], part)
      this.#desk.reportAt('BP1207', `nothing in it has a use for "${key}"`, keyPlace, {
        severity: 'warning',
        hint: 'there is no software inside of it; change a type, or leave it out',
      })
    }
  }

  #below(part: Located, { said, placed }: Above, source: SourceDocument): Located {
    const down: Above = { said: new Map([...said].map(([key, value]) => [key, raised(value)])), placed }
    return changed(part, (key, child) => {
      const at = child.from ?? source
      if (CHILD_KEYS.has(key)) return changed(child, (_key, one) => this.entity(one, down, at))
      if (MEMBER_KEYS.has(key)) return this.#member(child, down, at)
      if (!CONFIGS.has(key)) return child
      return changed(child, (inner, one) => (MEMBER_KEYS.has(inner) ? this.#member(one, down, at) : one))
    })
  }

  #member(part: Located, down: Above, source: SourceDocument): Located {
    if (!isMapPart(part)) return part
    const at = part.from ?? source
    if (!part.parts.has(ENTITY_SPEC)) return this.entity(part, down, at)
    return changed(part, (key, child) => (key === ENTITY_SPEC ? this.entity(child, down, at) : child))
  }
}

/** An entity that has this in its config and nothing else. */
function holding(said: Inheritance, place: Located): Located {
  return mapPart([[CONFIG, mapPart(said, place)]], place)
}

/** An entity whose machine is what its location says, where it says nothing of that itself. */
function provisioned(part: Located, placed: Inheritance): Located {
  if (placed.size === 0) return part
  return overlaid(holding(new Map([['provisioning.properties', mapPart(placed, part)]]), part), part)
}

/** What comes from two levels: maps are merged, of other values the lower one counts. */
function together(above: Inheritance, below: Inheritance, place: Located): Inheritance {
  if (above.size === 0 || below.size === 0) return above.size === 0 ? below : above
  return overlaid(holding(above, place), holding(below, place)).parts.get(CONFIG)?.parts ?? below
}

function without(part: Located, said: Inheritance): Located {
  const gone = [...said.keys()].filter((key) => key !== SUBSTITUTIONS)
  if (gone.length === 0) return part
  return changed(part, (key, child) =>
    CONFIGS.has(key) && isMapPart(child)
      ? mapPart(
          [...child.parts].filter(([inner]) => !gone.includes(inner)),
          child,
        )
      : child,
  )
}

const ENTITY_SPEC = '$brooklyn:entitySpec'
const CONFIGS: ReadonlySet<string> = new Set(SPELLINGS.config)
const CHILD_KEYS: ReadonlySet<string> = new Set([
  'services',
  ...spellingsOf('children'),
  ...spellingsOf('roles'),
])
const MEMBER_KEYS: ReadonlySet<string> = new Set(
  (['memberSpec', 'firstMemberSpec'] as const).flatMap((key) => [
    ...spellingsOf(key),
    ...configSpellingsOf(key),
  ]),
)

/** What the config of an entity says that is for software. */
function handedBy(part: Located, source: SourceDocument): Inheritance {
  const found = new Map<string, Located>()
  for (const spelling of SPELLINGS.config) {
    const config = part.parts.get(spelling)
    if (!isMapPart(config)) continue
    for (const [key, value] of config.parts)
      if (HANDED.has(key) && value.value !== null) found.set(key, withSource(value, config.from ?? source))
  }
  return found
}

function lasting(said: Inheritance): Inheritance {
  return new Map([...said].filter(([key]) => LASTING_SPELLINGS.has(key)))
}
