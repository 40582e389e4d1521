import type { Outcome } from '../engine-api.js'
import type { VersionRecord } from '../../entity/desired.js'
import type { Alteration } from '../../entity/graft.js'
import { KEYS } from '../../reconcile/facts/keys.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import type { Actor } from '../../task/task.js'
import type { VersionView } from '../../entity/view.js'
import { Application } from '../application.js'
import type { Registry } from '../registry.js'
import { specDiff, type SpecDifference } from './spec-diff.js'

/** One kept version: its record, the document as submitted where it was given, and the spec. */
export interface KeptVersion {
  readonly view: VersionView
  readonly source?: string
  readonly spec: ApplicationSpec
  /** What was added to entities while they ran. */
  readonly alterations?: readonly Alteration[]
}

/** The kept versions of applications. */
export class Versions {
  readonly #registry: Registry

  constructor(registry: Registry) {
    this.#registry = registry
  }

  list(by: Actor, id: string): Outcome<readonly VersionView[]> {
    return this.#registry.with(by, id, (application) => ({
      kind: 'accepted',
      value: [...application.versions.values()].map((version) => viewOf(version, application)),
    }))
  }

  async find(by: Actor, id: string, number: number): Promise<Outcome<KeptVersion>> {
    const application = this.#registry.find(by, id)
    if (!(application instanceof Application)) return application
    const record = application.versions.get(number)
    const tree = application.landscape.trees.get(number)
    if (record === undefined || tree === undefined) return { kind: 'not-found', what: `version ${number}` }
    const { entries } = await this.#registry.ports.books.store.load(KEYS.source(application.id, number))
    const source = entries[0]?.value['text']
    const { alterations } = record
    const value = {
      ...{ view: viewOf(record, application), spec: tree.application },
      ...(alterations === undefined ? {} : { alterations }),
    }
    return { kind: 'accepted', value: typeof source === 'string' ? { ...value, source } : value }
  }

  async diff(
    by: Actor,
    id: string,
    between: { readonly from: number; readonly to: number },
  ): Promise<Outcome<readonly SpecDifference[]>> {
    const from = await this.find(by, id, between.from)
    if (from.kind !== 'accepted') return from
    const to = await this.find(by, id, between.to)
    return to.kind === 'accepted' ? { kind: 'accepted', value: specDiff(from.value.spec, to.value.spec) } : to
  }
}

function viewOf(version: VersionRecord, application: Application): VersionView {
  const { application: _application, kind: _kind, parts: _parts, alterations: _more, ...view } = version
  return { ...view, current: application.landscape.desired.version === version.version }
}
