import type { OwnerMarks, ResourceWant } from '../../engine/index.js'
import type { Labels } from './docker-client.js'

/** Names of the labels by which we know what is ours. */
export const LABEL = {
  engine: 'weir.engine',
  application: 'weir.application',
  entity: 'weir.entity',
  incarnation: 'weir.incarnation',
  digest: 'weir.digest',
  token: 'weir.token',
  generation: 'weir.generation',
  /** JSON of port names to 'number/protocol'. */
  ports: 'weir.ports',
  /** 'true' on machines that run software under the supervisor. */
  software: 'weir.software',
} as const

/** The labels of an object made for this want. */
export function labelsOf(want: ResourceWant): Labels {
  return {
    [LABEL.engine]: want.marks.engine,
    [LABEL.application]: want.marks.application,
    [LABEL.entity]: want.marks.entity,
    [LABEL.incarnation]: String(want.marks.incarnation),
    [LABEL.digest]: want.marks.digest,
    [LABEL.token]: want.token,
    [LABEL.generation]: String(want.generation),
  }
}

/** The marks that labels carry; undefined for an object that is no engine's. */
export function marksOf(labels: Labels | null): OwnerMarks | undefined {
  const engine = labels?.[LABEL.engine]
  if (labels === null || engine === undefined) return undefined
  return {
    engine,
    application: labels[LABEL.application] ?? '',
    entity: labels[LABEL.entity] ?? '',
    incarnation: Number(labels[LABEL.incarnation] ?? 0),
    digest: labels[LABEL.digest] ?? '',
  }
}

/** Whether an object was made for this want, by this engine. */
export function isFor(want: ResourceWant, labels: Labels | null): boolean {
  return labels?.[LABEL.engine] === want.marks.engine && labels[LABEL.token] === want.token
}

/** Whose an object is that holds a name that we want, for people. */
export function holderOf(what: string, labels: Labels | null): string {
  const marks = marksOf(labels)
  if (marks === undefined) return `${what}, which is not of this engine's making`
  return `${what}, made by engine ${marks.engine} for ${marks.application}/${marks.entity}`
}
