import type { Plan, PlanStep } from '../api/index.js'
import { cleanLine } from './clean.js'
import type { Colors } from './colors.js'

/** A plan for people: one line for each step, what forces it below, then capacity and the sum. */
export function renderPlan(plan: Plan, colors: Colors): string {
  const isNew = plan.baseVersion === 0
  const about = isNew ? 'a new application' : `${plan.application}, generation ${plan.baseGeneration}`
  const lines = [
    `${colors.bold(cleanLine(plan.name))}: ${about}`,
    '',
    ...plan.steps.flatMap((step) => stepLines(step, colors)),
    ...settingsLines(plan),
    ...graftLines(plan, colors),
    ...(plan.steps.length + plan.settings.length === 0 ? ['nothing to do: it is as the document says'] : []),
    ...capacityLines(plan, colors),
    '',
    summaryOf(plan),
    `digest: ${plan.digest}`,
  ]
  return `${lines.join('\n')}\n`
}

const SIGNS: { readonly [action in PlanStep['action']]: string } = {
  create: '+',
  change: '~',
  replace: '-/+',
  move: '>',
  start: '^',
  stop: 'v',
  destroy: '-',
}

function stepLines(step: PlanStep, colors: Colors): readonly string[] {
  const paint = {
    create: colors.green,
    destroy: colors.red,
    replace: colors.red,
    change: colors.yellow,
    move: colors.yellow,
    start: colors.green,
    stop: colors.yellow,
  }[step.action]
  const where = step.location === '' ? '' : ` in ${step.location}`
  const head = `${step.entity === '' ? '(root)' : step.entity}  ${step.type}${where}: ${step.reason}`
  const forced = step.changes.map(
    (change) => `        ${cleanLine(change)}${step.action === 'replace' ? ' # forces replacement' : ''}`,
  )
  const after =
    step.after.length === 0 ? [] : [`        ${colors.dim(`after ${cleanLine(step.after.join(', '))}`)}`]
  return [`  ${paint(SIGNS[step.action].padStart(3))} ${cleanLine(head)}`, ...forced, ...after]
}

function settingsLines({ settings }: Plan): readonly string[] {
  if (settings.length === 0) return []
  return ['Takes effect at once, no machine is touched:', ...settings.map((line) => `  ${cleanLine(line)}`)]
}

function graftLines({ grafts }: Plan, colors: Colors): readonly string[] {
  if (grafts.length === 0) return []
  const lines = grafts.map(({ entity, lost }) => {
    const name = cleanLine(entity)
    return lost === undefined ? `  ${name}: kept` : `  ${name}: ${colors.red(`lost: ${cleanLine(lost)}`)}`
  })
  return ['Added to the running application:', ...lines]
}

function capacityLines(plan: Plan, colors: Colors): readonly string[] {
  if (plan.capacity.length === 0) return []
  const lines = plan.capacity.map(({ location, detail, enough }) => {
    const told = cleanLine(detail)
    return `  ${cleanLine(location)}: ${enough ? colors.green(told) : colors.red(`${told}, which is not enough`)}`
  })
  return ['', 'Capacity:', ...lines]
}

function summaryOf({ summary, settings }: Plan): string {
  const parts = Object.entries(summary).filter(([, count]) => count > 0)
  const steps = parts.map(([action, count]) => `${count} to ${cleanLine(action)}`)
  const others = settings.length === 0 ? [] : [`${settings.length} in force at once`]
  const all = [...steps, ...others]
  return all.length === 0 ? 'Plan: no changes.' : `Plan: ${all.join(', ')}.`
}
