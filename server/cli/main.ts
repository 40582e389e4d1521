#!/usr/bin/env node
// The program `weir`. What a verb does not need is not loaded for it: asking a server must not wait for one to be built.
import { VERSION } from '../compose/version.js'
import { nodeTerminal } from './node-terminal.js'
import { runCli } from './program.js'
import type { CliParts } from './session.js'

const terminal = nodeTerminal()
const composed = async (): Promise<CliParts> => (await import('../compose/cli-parts.js')).cliParts(terminal)

const exit = await runCli(process.argv.slice(2), {
  terminal,
  version: VERSION,
  openLocal: async () => (await composed()).openLocal(),
  serve: async (options) => (await composed()).serve(options),
})

// A verb that has ended is over, whatever a driver may still hold open; what was printed goes out first.
process.stdout.write('', () => process.exit(exit))
