import type { ExecWish, WireCommandOutput } from '../../api/index.js'
import { parseDuration } from '../duration.js'
import { CliError, EXIT } from '../exit.js'
import { entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Runs one command on the machine of an entity. */
export const execVerb: Verb = {
  usage: 'exec <target> [command...]',
  summary: 'run one command on the machine of an entity and wait for it; put -- before the command',
  options: [
    ['--timeout <duration>', 'how long it may take', '60s'],
    ['--stdin', 'give it our standard input'],
  ],
  examples: ['weir exec shop/web/1 -- ls -l'],
  run: async (session, input) => {
    const command = input.arguments.slice(1)
    if (command.length === 0)
      throw new CliError(EXIT.usage, 'say which command: weir exec APP/ENTITY -- COMMAND')
    const wish: ExecWish = {
      command,
      timeout: parseDuration(input.text('timeout') ?? '60s', '--timeout'),
      ...(input.flag('stdin') ? { stdin: await session.terminal.readInput() } : {}),
    }
    const params = entityParams(targetOf(input.word(0)))
    const output = await session.change<WireCommandOutput>({ route: 'execCommand', params, body: wish })
    if (session.output.format === 'table' || session.output.format === 'wide') {
      session.output.text(output.stdout)
      session.terminal.err(output.stderr)
    } else {
      session.output.single({ value: output, text: '', name: String(output.exitCode ?? '') })
    }
    if (output.exitCode === 0) return EXIT.ok
    const how = output.exitCode === undefined ? 'was ended' : `ended with ${output.exitCode}`
    session.terminal.err(`weir: the command ${how}\n`)
    return EXIT.failed
  },
}
