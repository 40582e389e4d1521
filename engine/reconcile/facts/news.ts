import type { HealthVerdict, ObservedRecord } from '../../entity/observation.js'
import type { ResourceState, Unseen } from '../../entity/resource.js'
import { copyWith } from '../../support/copy.js'
import { sameJson, type Json } from '../../support/json.js'
import { withResource } from './resources.js'
import type { StepOutcome } from './step.js'

/** What was heard about one key since it was last looked at. */
export interface News {
  readonly outcomes: StepOutcome[]
  readonly resources: Map<string, ResourceState>
  /** What could not be seen, by token. */
  unseen?: { readonly [token: string]: Unseen }
  health?: HealthVerdict
  attributes?: { readonly [sensor: string]: Json }
}

/** What was heard and not yet taken in, by key. */
export class NewsBook {
  readonly #news = new Map<string, News>()

  get size(): number {
    return this.#news.size
  }

  has(key: string): boolean {
    return this.#news.has(key)
  }

  /** The news of a key, to be added to. */
  of(key: string): News {
    const known = this.#news.get(key)
    if (known !== undefined) return known
    const news: News = { outcomes: [], resources: new Map() }
    this.#news.set(key, news)
    return news
  }

  /** Takes the news of a key out. */
  take(key: string): News | undefined {
    const news = this.#news.get(key)
    this.#news.delete(key)
    return news
  }

  /** Whether an observation says nothing that was not known or heard. */
  isOld(key: string, resource: ResourceState, before: ResourceState | undefined): boolean {
    const known = this.#news.get(key)?.resources.get(resource.token) ?? before
    return known !== undefined && sameJson(known as unknown as Json, resource as unknown as Json)
  }
}

/** Shared by all of whom nothing is known yet. */
const NOTHING = Object.freeze({})
const NO_RESOURCES: ObservedRecord['resources'] = Object.freeze([])

/** The observation of something nothing was heard of. */
export function emptyObservation(path: string, now: number): ObservedRecord {
  return { kind: 'observed', path, at: now, resources: NO_RESOURCES, attributes: NOTHING }
}

/** Of a set of back ends that is gone nothing need be known: the next one has another token, or is made anew. */
function isOver({ kind, state }: ResourceState): boolean {
  return kind === 'backends' && state === 'absent'
}

/** The observation with what was heard put in. */
export function withNews(observed: ObservedRecord, news: News, now: number): ObservedRecord {
  let next = observed
  if (news.unseen !== undefined)
    next = copyWith(next, { unseen: { ...next.unseen, ...news.unseen }, at: now })
  for (const [token, resource] of news.resources)
    next = withResource(next, token, isOver(resource) ? undefined : resource, now)
  if (news.health !== undefined) next = copyWith(next, { health: news.health, at: now })
  const { attributes } = news
  return attributes === undefined
    ? next
    : copyWith(next, { attributes: { ...next.attributes, ...attributes }, at: now })
}
