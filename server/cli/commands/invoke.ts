import type { Invocation, Task, WireJson } from '../../api/index.js'
import { REASON_OPTION } from '../change.js'
import { CliError, EXIT } from '../exit.js'
import { entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Asks an entity to do something. */
export const invokeVerb: Verb = {
  usage: 'invoke <target> <effector>',
  summary: 'ask an entity to do something (APP/ENTITY)',
  options: [['-p, --parameter <name=value...>', 'a parameter; JSON where it is JSON'], REASON_OPTION],
  examples: ['weir invoke shop/store backup -p name=nightly'],
  run: async (session, input) => {
    const reason = input.text('reason')
    const body: Invocation = {
      parameters: Object.fromEntries(input.texts('parameter').map(pairOf)),
      ...(reason === undefined ? {} : { reason }),
    }
    const params = { ...entityParams(targetOf(input.word(0))), effector: input.word(1) }
    const task = await session.change<Task>({ route: 'invokeEffector', params, body })
    const text = `${task.name} is ${task.state}; see: weir activity --task ${task.id}`
    session.output.single({ value: task, text, name: task.id })
    return task.state === 'failed' ? EXIT.failed : EXIT.ok
  },
}

/** A value by its name, as `name=value`. */
export function pairOf(text: string): readonly [string, WireJson] {
  const at = text.indexOf('=')
  if (at < 1) throw new CliError(EXIT.usage, `-p is name=value, not ${text}`)
  const value = text.slice(at + 1)
  try {
    return [text.slice(0, at), JSON.parse(value) as WireJson]
  } catch {
    return [text.slice(0, at), value]
  }
}
