import { REFUSALS } from '../api/index.js'
import { cleanLine } from './clean.js'
import { type Colors, colorsFor } from './colors.js'
import { DocumentRefusedError } from './documents.js'
import { CliError, EXIT, RefusedError } from './exit.js'
import { renderProblems } from './render-problem.js'
import { type GlobalOptions, messageOf } from './session.js'
import type { Terminal } from './terminal.js'
import { safeJson } from './yaml.js'

/** Tells on standard error what went wrong and what to do, and gives the exit code. */
export function tellError(thrown: unknown, terminal: Terminal, options: GlobalOptions | undefined): number {
  const colors = colorsFor(terminal.errIsTty, terminal.environment, options?.color === false)
  if (!(thrown instanceof CliError)) {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)
    terminal.err(`${colors.red('error')}: this is a fault of weir itself\n${stack}\n`)
    return EXIT.failed
  }
  if (options?.output === 'json' && thrown instanceof RefusedError) {
    terminal.err(`${safeJson(thrown.details, 2)}\n`)
  } else {
    terminal.err(textOf(thrown, colors))
  }
  return thrown.exit
}

function textOf(error: CliError, colors: Colors): string {
  if (!(error instanceof RefusedError)) return plainText(error.message, error.hint, colors)
  const { details } = error
  if (details.problems !== undefined && details.problems.length > 0) {
    const sources = error instanceof DocumentRefusedError ? error.sources : new Map<string, string>()
    return renderProblems(details.problems, { colors, sources })
  }
  const moved = (details.moved ?? []).map((line) => `  moved: ${cleanLine(line)}\n`)
  const faults = (details.faults ?? []).map(
    ({ pointer, message }) => `  ${cleanLine(pointer)}: ${cleanLine(message)}\n`,
  )
  const head = plainText(error.message, hintOf(error), colors)
  return [head, ...moved, ...faults].join('')
}

/** What to do on a command line; the remedies of the API speak of requests. */
const HINTS: { readonly [code: string]: string } = {
  unauthenticated:
    "set WEIR_TOKEN or --token-file; the server keeps its token in the file 'token' of its data folder",
  forbidden: 'use the token of somebody who may',
  'not-found': 'see what there is with: weir status, weir tree APP, weir location list or weir catalog list',
  conflict: 'look again with: weir status, and make a new plan with: weir plan',
  gone: 'it was destroyed; weir deploy makes it anew',
  'far-end': 'try the place with: weir location test NAME',
  'far-end-timeout': 'try it again, or the place with: weir location test NAME',
  unavailable: 'try it again in a moment',
  'missing-files': 'put them beside the document',
  // What does not fit is in the words before.
  invalid: '',
  'invalid-request': '',
  unsupported: '',
}

function hintOf({ details }: RefusedError): string {
  return HINTS[details.code] ?? REFUSALS[details.code]?.remedy ?? ''
}

function plainText(message: string, hint: string | undefined, colors: Colors): string {
  const way = hint === undefined || hint === '' ? '' : `  ${colors.blue('=')} ${cleanLine(hint)}\n`
  return `${colors.bold(colors.red('error'))}: ${cleanLine(message)}\n${way}`
}
