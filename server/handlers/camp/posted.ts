import { digestOf, isJsonObject } from '../../../engine/index.js'
import { utf8TextOf } from '../json-text.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { CampContext, CampVisit } from './camp-call.js'
import { mediaOf, readJson, readText, wrongContent } from './content.js'
import { readPackage } from './package.js'
import { type PostedForm, readForm } from './posted-form.js'
import type { PlanRecord } from './plan-record.js'
import { PLATFORM } from './representation.js'

/** A plan that came by value. */
export interface PostedPlan {
  readonly kind: 'posted'
  readonly text: string
  readonly file: string
  readonly files: { readonly [path: string]: string }
  readonly left: readonly string[]
}

/** A plan that is registered already. */
export interface NamedPlan {
  readonly kind: 'named'
  readonly plan: PlanRecord
}

const YAML_TYPES: readonly string[] = [
  'application/x-yaml',
  'application/yaml',
  'text/yaml',
  'text/x-yaml',
  'application/vnd.yaml',
]

const PACKAGE_TYPES: readonly string[] = [
  'application/zip',
  'application/x-zip-compressed',
  'application/x-tar',
  'application/gzip',
  'application/x-gzip',
  'application/x-tgz',
  'application/x-gtar-compressed',
]

const TAKEN: readonly string[] = [
  'application/x-yaml',
  'application/json',
  'multipart/form-data',
  'application/zip',
  'application/x-tar',
  'application/gzip',
]

/** The plan that a body is, holds or names; a refusal when it does none of this. */
export async function readPosted(
  context: CampContext,
  visit: CampVisit,
): Promise<PostedPlan | NamedPlan | Reply> {
  const media = mediaOf(visit)
  if ((visit.headers['content-encoding'] ?? 'identity') !== 'identity') return wrongContent(TAKEN)
  if (media === 'application/json') return readReference(context, visit)
  if (YAML_TYPES.includes(media)) {
    const read = readText(visit)
    return read.kind === 'reply' ? read : planText(read.text)
  }
  if (PACKAGE_TYPES.includes(media)) return readPackage(context, visit.body)
  if (media !== 'multipart/form-data') return wrongContent(TAKEN)
  const form = await readForm(visit)
  return form.kind === 'reply' ? form : readPart(context, visit, form)
}

/** Digest of what was posted: the same key with another one is a mistake. */
export function postedDigest({ text, files }: PostedPlan): string {
  return digestOf({ text, files })
}

function planText(text: string): PostedPlan {
  return { kind: 'posted', text, file: 'plan.yaml', files: {}, left: [] }
}

async function readPart(
  context: CampContext,
  visit: CampVisit,
  { name, bytes }: PostedForm,
): Promise<PostedPlan | NamedPlan | Reply> {
  if (name === 'pdp_file') return readPackage(context, bytes)
  const text = utf8TextOf(bytes)
  if (text === undefined || text.trim() === '') {
    return refuse('invalid-request', `${name} is empty or not UTF-8.`)
  }
  return name === 'plan_file' ? planText(text) : findNamed(context, visit, text)
}

function readReference(context: CampContext, visit: CampVisit): Promise<NamedPlan | Reply> {
  const read = readJson(visit)
  if (read.kind === 'reply') return Promise.resolve(read)
  const named = isJsonObject(read.value) ? Object.entries(read.value) : []
  const [first, second] = named.filter(([key]) => key === 'plan_uri' || key === 'pdp_uri')
  const [, uri] = first ?? []
  if (second !== undefined || typeof uri !== 'string') {
    const said =
      'JSON names a plan by one of plan_uri and pdp_uri; a plan itself is sent as application/x-yaml.'
    return Promise.resolve(refuse('invalid-request', said))
  }
  return findNamed(context, visit, uri)
}

/**
 * The registered plan at an address: absolute at this host, from its root, or relative to what was posted to. Nothing is
 * fetched from elsewhere.
 */
async function findNamed(context: CampContext, visit: CampVisit, uri: string): Promise<NamedPlan | Reply> {
  const { host = 'localhost' } = visit.headers
  const base = `http://${host}/camp/${visit.path.join('/')}`
  const address = URL.canParse(uri, base) ? new URL(uri, base) : undefined
  const isHere = address?.host === new URL(base).host
  const id = isHere ? PLAN_PATH.exec(address.pathname)?.[1] : undefined
  if (id === undefined) {
    const said = `${uri.slice(0, 200)} is no plan that is registered here; nothing is fetched from elsewhere.`
    return refuse('invalid-request', said)
  }
  const plan = await context.plans.find(visit.actor.tenant, id)
  return plan === undefined ? refuse('not-found', `There is no plan ${id}.`) : { kind: 'named', plan }
}

const PLAN_PATH = new RegExp(`^${PLATFORM}/plans/([a-z0-9]{1,64})/?$`)
