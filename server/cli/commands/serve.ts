import { CliError, EXIT } from '../exit.js'
import { type Verb, wholeNumber } from '../verb.js'

/** Starts the server. */
export const serveVerb: Verb = {
  usage: 'serve',
  summary: 'start the server',
  options: [
    ['--host <address>', 'address to listen on', '127.0.0.1'],
    ['--port <number>', 'port to listen on', '8717'],
    ['--data <folder>', 'folder of the store and the token (default: WEIR_HOME or ~/.local/share/weir)'],
  ],
  run: (session, input) => {
    const port = wholeNumber(input.text('port') ?? '8717', '--port')
    if (port > 65_535) throw new CliError(EXIT.usage, `--port is at most 65535, not ${port}`)
    const data = input.text('data') ?? session.terminal.environment['WEIR_HOME']
    const host = input.text('host') ?? '127.0.0.1'
    return session.parts.serve({ host, port, ...(data === undefined ? {} : { data }) })
  },
}
