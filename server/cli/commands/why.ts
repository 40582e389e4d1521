import type { Why } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { type Colors, paintState } from '../colors.js'
import { span } from '../duration.js'
import { EXIT } from '../exit.js'
import { entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Says why something is as it is. */
export const whyVerb: Verb = {
  usage: 'why <target>',
  summary: 'say why it is as it is: what it waits for, what comes next, what was decided',
  run: async (session, input) => {
    const why = await session.get<Why>({ route: 'whyEntity', params: entityParams(targetOf(input.word(0))) })
    const text = tell(why, { colors: session.colors, now: session.terminal.now(), name: input.word(0) })
    session.output.single({ value: why, text, name: why.entity })
    return EXIT.ok
  },
}

function tell(why: Why, { colors, now, name }: { colors: Colors; now: number; name: string }): string {
  const lines = [`${cleanLine(name)}  ${paintState(colors, why.state)}  ${cleanLine(why.summary)}`]
  for (const wait of why.waits) {
    const since = why.waitsSince[wait]
    lines.push(`  waits: ${cleanLine(wait)}${since === undefined ? '' : `, for ${span(now - since)}`}`)
  }
  const { trouble } = why
  if (trouble !== undefined) {
    const next = trouble.retryAt > now ? `next in ${span(trouble.retryAt - now)}` : 'next now'
    const alert = trouble.alertAt > now ? `, alert in ${span(trouble.alertAt - now)}` : ''
    const how = trouble.verdict === '' ? `${next}${alert}` : trouble.verdict
    lines.push(`  attempt ${trouble.attempts} since ${span(now - trouble.since)}, ${cleanLine(how)}`)
    lines.push(`  ${colors.red(trouble.failure.cause)}: ${cleanLine(trouble.failure.message)}`)
  }
  for (const step of why.next) lines.push(`  next: ${cleanLine(step)}`)
  for (const { at, by, kind, intent, reason, count } of why.decisions) {
    const times = count > 1 ? ` ×${count}` : ''
    lines.push(
      `  ${span(now - at)} ago ${cleanLine(by)} ${kind}${times} ${cleanLine(intent)}: ${cleanLine(reason)}`,
    )
  }
  return lines.join('\n')
}
