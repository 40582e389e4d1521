import { type BrooklynAnswer, type BrooklynCall, json, pathParam, value } from './call.js'
import { applicationLink, entityLink } from './ids.js'
import { type Located, namedEntity } from './located.js'
import { javaTypeOf } from './words.js'

/** A key of configuration as Brooklyn lists it. */
export interface ConfigSummary {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly defaultValue: unknown
  readonly reconfigurable: boolean
  readonly label: string | null
  readonly priority: number | null
  readonly pinned: boolean
  readonly possibleValues?: readonly { readonly value: string; readonly description: string }[]
  readonly links: { readonly [name: string]: string }
}

/** The keys that are set. */
export async function listConfig(call: BrooklynCall): Promise<BrooklynAnswer> {
  const located = await namedEntity(call)
  const owner = entityLink(located.application.id, located.entity.path)
  const keys = Object.entries(located.entity.config).map(([key, set]) =>
    configSummary(located, { key, set, self: `${owner}/config/${encodeURIComponent(key)}` }),
  )
  return json(keys)
}

/** The values of all of them, by key; secrets by name. */
export async function readAllConfig(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json((await namedEntity(call)).entity.config)
}

/** The value of one; no content when it is not set. */
export async function readConfig(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { config } = (await namedEntity(call)).entity
  const key = pathParam(call, 'key')
  return value(call, Object.hasOwn(config, key) ? config[key] : undefined)
}

/** A key that is set, of an entity or of what acts for it, at its address. */
export function configSummary(
  { application, entity }: Located,
  { key, set, self }: { readonly key: string; readonly set: unknown; readonly self: string },
): ConfigSummary {
  const owner = entityLink(application.id, entity.path)
  return {
    name: key,
    type: javaTypeOf(set),
    description: '',
    defaultValue: null,
    reconfigurable: false,
    label: null,
    priority: null,
    pinned: false,
    links: { self, application: applicationLink(application.id), entity: owner, 'action:json': self },
  }
}
