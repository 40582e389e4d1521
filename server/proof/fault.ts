import {
  type ApplicationSpec,
  type ProofFault,
  type ProofFaultKind,
  type SpecNode,
  type SpecTree,
  indexSpec,
} from '../../engine/index.js'
import type { LoadLevels } from './load-levels.js'

/** Milliseconds that a fault lasts which does. */
export const LASTING = 60_000

/** All that can befall an application: whoever has a machine, the places, the engine, and the loads that policies read. */
export function faultsOf(application: ApplicationSpec, levels: readonly LoadLevels[]): readonly ProofFault[] {
  return [
    ...victimsIn(indexSpec(application)).flatMap(befalling),
    { kind: 'answer-lost' },
    { kind: 'no-room' },
    { kind: 'slow-start' },
    { kind: 'engine-dies', when: 'before' },
    { kind: 'engine-dies', when: 'after' },
    ...levels.flatMap(loadFaults),
  ]
}

/** A fault in words. */
export function faultText(fault: ProofFault): string {
  return WORDS[fault.kind](fault)
}

const WORDS: { readonly [kind in ProofFaultKind]: (fault: ProofFault) => string } = {
  'machine-dies': (fault) => `the machine of ${victimText(fault)} is gone`,
  'service-dies': (fault) => `the service of ${victimText(fault)} ends`,
  'health-fails': (fault) => `the health check of ${victimText(fault)} fails for a minute`,
  'host-lost': (fault) => `the host of ${victimText(fault)} cannot be reached for a minute`,
  'answer-lost': () => 'the answer to the next thing that is made is lost',
  'no-room': () => 'the places have no room for a minute',
  'slow-start': () => 'the next thing that is made takes half a minute longer',
  'engine-dies': ({ when = 'before' }) => `the engine is killed ${when} its effect`,
  'metric-stops': ({ metric = '', of = '' }) => `nothing tells ${metric} of ${of} for a minute`,
  'load-spikes': (fault) => `${loadText(fault)} for a minute`,
  'load-drops': (fault) => `${loadText(fault)} for a minute`,
  'load-shifts': (fault) => `${loadText(fault)} from here on`,
}

function victimText({ of = '', which }: ProofFault): string {
  return of.includes('*') ? `the ${which ?? 'first'} of ${of}` : of
}

function loadText({ metric = '', of = '', load = 0 }: ProofFault): string {
  return `${metric} of ${of} is ${load} in all`
}

interface Victim {
  readonly node: SpecNode
  readonly which: 'first' | 'last'
}

/** Of members that are alike the first and the last; of one that is alone, that one. */
function victimsIn(tree: SpecTree): readonly Victim[] {
  return tree.nodes
    .filter((node) => node.hasFootprint && !node.isNowhere && node.spec.job === undefined)
    .flatMap((node): readonly Victim[] => {
      const isOne = !node.pattern.includes('*') || (node.parent?.spec.members?.max ?? 2) < 2
      return isOne
        ? [{ node, which: 'first' }]
        : [
            { node, which: 'first' },
            { node, which: 'last' },
          ]
    })
}

function befalling({ node: { pattern, spec }, which }: Victim): readonly ProofFault[] {
  const kinds: readonly ProofFaultKind[] = [
    'machine-dies',
    'service-dies',
    ...(spec.health === undefined ? [] : (['health-fails'] as const)),
    'host-lost',
  ]
  return kinds.map((kind) => ({ kind, of: pattern, which }))
}

function loadFaults({ role: of, metric, most, shifts }: LoadLevels): readonly ProofFault[] {
  return [
    { kind: 'metric-stops', of, metric },
    { kind: 'load-spikes', of, metric, load: most },
    { kind: 'load-drops', of, metric, load: 0 },
    ...shifts.map((load) => ({ kind: 'load-shifts', of, metric, load }) as const),
  ]
}
