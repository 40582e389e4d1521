import { Command, CommanderError, Option } from 'commander'
import { BARE_WAIT } from './change.js'
import { bashCompletion, fishCompletion, zshCompletion } from './completion.js'
import { VERBS } from './verbs.js'
import { tellError } from './errors.js'
import { CliError, EXIT } from './exit.js'
import { type CliParts, type GlobalOptions, Session } from './session.js'
import { type Verb, VerbInput, type VerbOption } from './verb.js'

/** Runs one command line (without the names of node and the program) and gives the exit code. Never throws. */
export async function runCli(words: readonly string[], parts: CliParts): Promise<number> {
  const outcome: Outcome = { exit: EXIT.ok, options: undefined }
  const program = createProgram(parts, outcome)
  try {
    await program.parseAsync(withBareWait(words), { from: 'user' })
    return outcome.exit
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage
    return tellError(thrown, parts.terminal, outcome.options)
  }
}

/** What a run has come to so far. */
interface Outcome {
  exit: number
  options: GlobalOptions | undefined
}

function createProgram(parts: CliParts, outcome: Outcome): Command {
  const { terminal } = parts
  const program = new Command('weir')
    .description('Weir: a blueprint engine for application landscapes')
    .version(parts.version, '-V, --version', 'print the version')
    .option('-o, --output <format>', 'table, wide, json, yaml or name', 'table')
    .option('--server <url>', 'address of the server (WEIR_SERVER)')
    .option('--token-file <path>', 'file with the token (WEIR_TOKEN_FILE, or WEIR_TOKEN)')
    .option('--no-color', 'no colors (NO_COLOR)')
    .option('--progress <mode>', 'auto, tty, plain or json', 'auto')
    .helpCommand('help [command]', 'tell more about a verb')
    .showHelpAfterError('(add --help for what there is)')
  configure(program, parts)
  for (const verb of [...VERBS, completionVerb]) addVerb(program, verb, { parts, outcome })
  program.action(() => {
    terminal.err(program.helpInformation())
    outcome.exit = EXIT.usage
  })
  program.addHelpText('after', EXIT_CODES)
  return program
}

/** Errors come back instead of ending the process, and text goes to the terminal that was handed in. */
function configure(command: Command, { terminal }: CliParts): void {
  command.exitOverride()
  command.configureOutput({
    writeOut: (text) => {
      terminal.out(text)
    },
    writeErr: (text) => {
      terminal.err(text)
    },
    getOutHelpWidth: () => Math.min(terminal.columns, 110),
    getErrHelpWidth: () => Math.min(terminal.columns, 110),
  })
}

function addVerb(parent: Command, verb: Verb, how: { parts: CliParts; outcome: Outcome }): void {
  const command = parent.command(verb.usage).summary(verb.summary).description(verb.summary)
  configure(command, how.parts)
  for (const option of verb.options ?? []) command.addOption(optionOf(option))
  for (const part of verb.verbs ?? []) addVerb(command, part, how)
  const examples = (verb.examples ?? []).map((example) => `  ${example}\n`)
  if (examples.length > 0) command.addHelpText('after', `\nExamples:\n${examples.join('')}`)
  const { run } = verb
  if (run === undefined) return
  command.action(async () => {
    const options = command.optsWithGlobals<GlobalOptions & { [name: string]: unknown }>()
    how.outcome.options = options
    how.outcome.exit = await run(new Session(how.parts, options), new VerbInput(command.args, options))
  })
}

function optionOf([flags, description, initial]: VerbOption): Option {
  const repeated = flags.includes('...')
  const option = new Option(flags.replace('...', ''), description)
  if (initial !== undefined) option.default(initial)
  // Not commander's own variadic options: those would take the words that follow as values.
  if (repeated) option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value])
  return option
}

/** A bare `--wait` takes no word that follows: `deploy --wait shop.yaml` deploys shop.yaml. */
function withBareWait(words: readonly string[]): string[] {
  const end = words.indexOf('--')
  return words.map((word, at) => (word === '--wait' && (end < 0 || at < end) ? `--wait=${BARE_WAIT}` : word))
}

const completionVerb: Verb = {
  usage: 'completion <shell>',
  summary: 'print a completion script for bash, zsh or fish',
  examples: ['source <(weir completion bash)', 'weir completion fish > ~/.config/fish/completions/weir.fish'],
  run: (session, input) => {
    const shells: { readonly [shell: string]: (verbs: readonly Verb[]) => string } = {
      bash: bashCompletion,
      zsh: zshCompletion,
      fish: fishCompletion,
    }
    const shell = input.word(0)
    const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined
    if (script === undefined)
      throw new CliError(EXIT.usage, `there is no ${shell}; there are bash, zsh and fish`)
    session.terminal.out(script([...VERBS, completionVerb]))
    return Promise.resolve(EXIT.ok)
  },
}

const EXIT_CODES = `
Exit codes: 0 ok, 1 failed, 2 plan has changes (--detailed-exitcode), 3 input invalid, 4 not found, 5 timed out,
            64 usage, 66 unreadable, 69 server unreachable, 77 not permitted, 130 interrupted
`
