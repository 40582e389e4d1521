import type { ConcurrencySpec } from '../spec/workflow-spec.js'

/** How many of so many are done at once; undefined where that is none. */
export function mostAtOnce(spec: ConcurrencySpec | undefined, total: number): number | undefined {
  const most = Math.floor(spec === undefined ? 1 : resolved(spec, total))
  return most > 0 || total === 0 ? Math.max(1, most) : undefined
}

function resolved(spec: ConcurrencySpec, total: number): number {
  switch (spec.kind) {
    case 'number':
      return spec.count < 0 ? total + spec.count : spec.count
    case 'percent':
      return (total * spec.percent) / 100
    case 'unlimited':
      return Math.max(1, total)
    case 'least':
      return Math.min(...spec.of.map((one) => resolved(one, total)))
    case 'most':
      return Math.max(...spec.of.map((one) => resolved(one, total)))
    case 'sum':
      return spec.of.reduce((sum, one) => sum + added(one, total), 0)
  }
}

/** In a sum a number is just that, also below zero. */
function added(spec: ConcurrencySpec, total: number): number {
  return spec.kind === 'number' ? spec.count : resolved(spec, total)
}
