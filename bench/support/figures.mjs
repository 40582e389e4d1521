// What benchmarks say: figures with their spread, what they were taken on, and the target that each is held against.
import { cpus, loadavg, totalmem } from 'node:os'

/** The value below which a share of the values lies: nearest rank. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]
}

/**
 * One figure of several runs. `most` or `least` is the target of design.md §9, on the median; without one the figure is
 * only for knowing.
 */
export function figure(what, unit, values, { most, least } = {}) {
  const median = quantile(values, 0.5)
  const spread = {
    median: rounded(median),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  }
  const target = most === undefined ? least : most
  const reached = most === undefined ? median >= (least ?? 0) : median <= most
  const held = target === undefined ? {} : { target: `${most === undefined ? '≥' : '≤'} ${target}`, reached }
  return { what, unit, ...spread, runs: values.length, ...held }
}

/** Prints a benchmark's one line: what it is about, and its figures. */
export function report(about, figures) {
  const [{ model = '' } = {}] = cpus()
  const machine = {
    cores: cpus().length,
    model,
    // What else the machine was doing, in processes that wanted a core: above a fraction of the cores, times are too long.
    load: rounded(loadavg()[0]),
    memoryGB: Math.round(totalmem() / 1e9),
    node: process.version,
    platform: process.platform,
  }
  console.log(JSON.stringify({ ...about, machine, figures }))
}

/** Prints that a benchmark cannot run here, and why. */
export function reportSkipped(about, reason) {
  console.log(JSON.stringify({ ...about, skipped: reason, figures: [] }))
}

/** Three figures that count are enough for people, and stay comparable by machine. */
function rounded(value) {
  if (value === 0 || !Number.isFinite(value)) return value
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return Number(value.toFixed(Math.min(6, digits)))
}
