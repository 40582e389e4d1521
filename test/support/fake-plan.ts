import { type ApplicationSpec, type EntitySpec, type PlanView, digestOf } from '../../engine/index.js'

/** What a plan for a running application is made from. */
export interface FakeBase {
  readonly id: string
  readonly spec: ApplicationSpec
  readonly version: number
  readonly generation: number
}

/** A spec with one child more below its root. */
export function withChild(spec: ApplicationSpec, child: EntitySpec): ApplicationSpec {
  return { ...spec, root: { ...spec.root, children: [...spec.root.children, child] } }
}

/** What an engine without places says that applying a spec would do. */
export function fakePlan(spec: ApplicationSpec, kept: FakeBase | undefined): PlanView {
  const specDigest = digestOf(spec as never)
  const same = kept !== undefined && digestOf(kept.spec as never) === specDigest
  const steps: PlanView['steps'] = same
    ? []
    : spec.root.children.map((child, at) => ({
        action: kept === undefined ? 'create' : 'replace',
        entity: child.name,
        type: child.type,
        location: 'local',
        reason: kept === undefined ? 'wanted and not there' : 'its document changed',
        changes: kept === undefined ? [] : ['machine.image: a → b'],
        after: at === 0 ? [] : [spec.root.children[at - 1]!.name],
        wave: at,
      }))
  const asked = spec.root.children.reduce((sum, child) => sum + (child.members?.initial ?? 1), 0)
  return {
    application: kept?.id ?? '',
    name: spec.name,
    digest: digestOf({ specDigest, generation: kept?.generation ?? 0 }),
    specDigest,
    baseVersion: kept?.version ?? 0,
    baseGeneration: kept?.generation ?? 0,
    steps,
    settings: [],
    grafts: [],
    summary: steps.length === 0 ? {} : { [steps[0]!.action]: steps.length },
    capacity: [
      {
        location: 'local',
        asked,
        fits: Math.min(asked, 5),
        detail: `${Math.min(asked, 5)} of ${asked} fit`,
        enough: asked <= 5,
      },
    ],
  }
}
