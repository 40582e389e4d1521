import type { CatalogKey, CatalogKind, CatalogType, CatalogTypeDetail, WireJson } from '../../../api/index.js'
import type { ConfigSummary } from './config.js'
import { BASE } from './ids.js'
import { javaTypeNamed } from './words.js'

/** A type as Brooklyn lists it. */
export interface TypeSummary {
  readonly symbolicName: string
  readonly version: string
  readonly containingBundle: string
  readonly kind: 'SPEC' | 'BEAN'
  readonly displayName: string
  readonly description: string
  readonly iconUrl?: string
  readonly supertypes: readonly string[]
  readonly tags: readonly unknown[]
  readonly template: boolean
  readonly links: { readonly self: string }
}

/** The same as the catalog's older requests have it, which `br catalog` reads. */
export interface CatalogItemSummary {
  readonly id: string
  readonly name: string
  readonly symbolicName: string
  readonly version: string
  readonly containingBundle: string
  readonly description: string
  readonly iconUrl?: string
  readonly javaType: string
  readonly planYaml: string
  readonly deprecated: boolean
  readonly type: string
  readonly tags: readonly unknown[]
  readonly config: readonly ConfigSummary[]
  readonly links: { readonly self: string }
}

const ENTITY = 'org.apache.brooklyn.api.entity.Entity'
const APPLICATION = 'org.apache.brooklyn.api.entity.Application'

const SUPERTYPES: { readonly [kind in CatalogKind]: readonly string[] } = {
  entity: [ENTITY],
  application: [APPLICATION, ENTITY],
  template: [APPLICATION, ENTITY],
  policy: ['org.apache.brooklyn.api.policy.Policy'],
  enricher: ['org.apache.brooklyn.api.sensor.Enricher'],
  initializer: ['org.apache.brooklyn.api.entity.EntityInitializer'],
  step: ['org.apache.brooklyn.core.workflow.WorkflowStepDefinition'],
  location: ['org.apache.brooklyn.api.location.Location'],
  bean: ['java.lang.Object'],
}

/** The older lists, and which kinds are in each. */
export const LISTS: { readonly [list: string]: readonly CatalogKind[] } = {
  applications: ['application', 'template'],
  entities: ['entity'],
  policies: ['policy'],
  enrichers: ['enricher'],
}

/** A type as Brooklyn lists it. */
export function typeSummary(type: CatalogType): TypeSummary {
  const { name, version, kind, description, bundle, title, iconUrl, tags } = type
  return {
    symbolicName: name,
    version,
    containingBundle: bundle,
    kind: kind === 'bean' || kind === 'initializer' || kind === 'step' ? 'BEAN' : 'SPEC',
    displayName: title ?? name,
    description,
    ...(iconUrl === undefined ? {} : { iconUrl }),
    supertypes: SUPERTYPES[kind],
    tags,
    template: kind === 'template',
    links: { self: linkOf('types', name, version) },
  }
}

/** An item of an older list. */
export function itemSummary(type: CatalogType, list: string): CatalogItemSummary {
  const { name, version, description, bundle, title, iconUrl, tags } = type
  return {
    id: `${name}:${version}`,
    name: title ?? name,
    symbolicName: name,
    version,
    containingBundle: bundle,
    description,
    ...(iconUrl === undefined ? {} : { iconUrl }),
    javaType: '',
    planYaml: '',
    deprecated: false,
    type: name,
    tags,
    config: [],
    links: { self: linkOf(list, name, version) },
  }
}

/** What is known of a type beside what lists tell. */
export function detailsOf(type: CatalogTypeDetail): {
  readonly config: readonly ConfigSummary[]
  readonly sensors: readonly object[]
  readonly effectors: readonly object[]
} {
  const { name, version, keys, sensors, effectors } = type
  const self = linkOf('types', name, version)
  return {
    config: keys.map((key) => keySummary(key, self)),
    sensors: sensors.map((sensor) => ({
      name: sensor,
      type: 'java.lang.Object',
      description: '',
      links: { self },
    })),
    effectors: effectors.map((effector) => ({
      name: effector,
      returnType: 'java.lang.Object',
      description: '',
      parameters: [],
      links: { self },
    })),
  }
}

function keySummary(key: CatalogKey, self: string): ConfigSummary {
  const { name, type, description = '', required, default: fallback = null, choices } = key
  return {
    name,
    type: javaTypeNamed(type),
    description,
    defaultValue: fallback,
    reconfigurable: false,
    label: name,
    priority: null,
    pinned: required,
    ...(choices === undefined ? {} : { possibleValues: choices.map(choiceOf) }),
    links: { self },
  }
}

function choiceOf(choice: WireJson): { readonly value: string; readonly description: string } {
  const said = typeof choice === 'string' ? choice : JSON.stringify(choice)
  return { value: said, description: said }
}

function linkOf(list: string, name: string, version: string): string {
  return `${BASE}/v1/catalog/${list}/${encodeURIComponent(name)}/${encodeURIComponent(version)}`
}

/** By its whole name, or by its last word in any case, such as `entity`. */
export function isA(supertypes: readonly string[], asked: string): boolean {
  return supertypes.some(
    (type) => type === asked || type.slice(type.lastIndexOf('.') + 1).toLowerCase() === asked.toLowerCase(),
  )
}
