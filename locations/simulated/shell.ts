/** What a simulated machine's shell works with. */
export interface ShellContext {
  readonly environment: { readonly [name: string]: string }
  readonly stdin: string
  read(path: string): { readonly content: string; readonly mode: number } | undefined
  write(path: string, content: string, append: boolean): void
}

/** Something printed, so many milliseconds after the start. */
export interface Print {
  readonly after: number
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** What a script comes to. */
export interface ShellOutcome {
  /** Milliseconds until its end. */
  readonly takes: number
  readonly exitCode: number
  readonly prints: readonly Print[]
  /** Whether it said itself that it ends: by exit, or by a command that fails. */
  readonly explicit: boolean
  /** Whether every command of it was understood. */
  readonly understood: boolean
}

/**
 * Plays a script as `sh -e` would, as far as a simulated machine can: it knows echo (also into a file), printenv, cat,
 * stat -c %a, sleep, true, false and exit; every other command succeeds at once and prints nothing. Variables are not
 * expanded. Files are written at the start.
 */
export function playScript(script: string, context: ShellContext): ShellOutcome {
  return play(commandsOf(script), context)
}

/** Plays one command; `sh -c` is a script, and what `env` says is environment. */
export function playCommand(words: readonly string[], context: ShellContext): ShellOutcome {
  const [program = '', option = '', text] = words
  if (/(^|\/)env$/.test(program)) return playIn(words.slice(1), context)
  const isShell = /(^|\/)(ba)?sh$/.test(program) && /^-[a-z]*c$/.test(option)
  return isShell && text !== undefined ? playScript(text, context) : play([{ words }], context)
}

/** Plays a command in the environment that its first words give. */
function playIn(words: readonly string[], context: ShellContext): ShellOutcome {
  const found = words.findIndex((word) => !/^\w+=/.test(word))
  const at = found < 0 ? words.length : found
  const given = words.slice(0, at).map((word) => {
    const sign = word.indexOf('=')
    return [word.slice(0, sign), word.slice(sign + 1)] as const
  })
  const environment = { ...context.environment, ...Object.fromEntries(given) }
  return playCommand(words.slice(at), { ...context, environment })
}

interface Command {
  readonly words: readonly string[]
  readonly into?: { readonly path: string; readonly append: boolean }
}

interface Play {
  readonly context: ShellContext
  readonly prints: Print[]
  takes: number
  understood: boolean
}

function play(commands: readonly Command[], context: ShellContext): ShellOutcome {
  const state: Play = { context, prints: [], takes: 0, understood: true }
  for (const command of commands) {
    const end = perform(command, state)
    if (end !== undefined) return outcome(state, end, true)
  }
  return outcome(state, 0, false)
}

function outcome(state: Play, exitCode: number, explicit: boolean): ShellOutcome {
  const { takes, prints, understood } = state
  return { takes, exitCode, prints: prints.length === 0 ? NO_PRINTS : prints, explicit, understood }
}

const NO_PRINTS: readonly Print[] = Object.freeze([])

/** The exit code with which the script ends here; undefined when it goes on. */
function perform({ words, into }: Command, state: Play): number | undefined {
  const [program = '', ...args] = words[0] === 'exec' ? words.slice(1) : words
  const verb = VERBS.get(program)
  if (verb === undefined) {
    state.understood = false
    return undefined
  }
  const { end, stdout = '', stderr = '' } = verb(args, state)
  if (into !== undefined) state.context.write(into.path, stdout, into.append)
  else if (stdout !== '') state.prints.push({ after: state.takes, stream: 'stdout', text: stdout })
  if (stderr !== '') state.prints.push({ after: state.takes, stream: 'stderr', text: stderr })
  return end
}

interface Said {
  readonly stdout?: string
  readonly stderr?: string
  readonly end?: number
}

type Verb = (args: readonly string[], state: Play) => Said

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['echo', (args) => ({ stdout: `${args.join(' ')}\n` })],
  ['printenv', ([name = ''], { context }) => printed(context.environment[name])],
  ['cat', (args, { context }) => concatenated(args, context)],
  ['stat', ([, , path = ''], { context }) => printed(context.read(path)?.mode.toString(8))],
  ['sleep', (args, state) => slept(args, state)],
  ['true', () => ({})],
  ['false', () => ({ end: 1 })],
  ['exit', ([code = '0']) => ({ end: Number(code) & 255 })],
])

function printed(text: string | undefined): Said {
  return text === undefined ? { end: 1 } : { stdout: `${text}\n` }
}

function concatenated(paths: readonly string[], context: ShellContext): Said {
  if (paths.length === 0) return { stdout: context.stdin }
  let stdout = ''
  for (const path of paths) {
    const file = context.read(path)
    if (file === undefined) return { stdout, stderr: `cat: ${path}: No such file or directory\n`, end: 1 }
    stdout += file.content
  }
  return { stdout }
}

const UNITS: { readonly [unit: string]: number } = {
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

function slept(args: readonly string[], state: Play): Said {
  for (const text of args) {
    const [, number = '', unit = ''] = /^([0-9.]+)([smhd]?)$/.exec(text) ?? []
    if (text === 'infinity') state.takes = Number.MAX_SAFE_INTEGER
    else if (number === '') return { stderr: `sleep: invalid time interval ${text}\n`, end: 1 }
    else state.takes += Number(number) * (UNITS[unit] ?? 1000)
  }
  return {}
}

/** Scripts repeat a million times and differ a hundred times: what was taken apart is kept. */
const known = new Map<string, readonly Command[]>()
const KNOWN_MOST = 256

function commandsOf(script: string): readonly Command[] {
  const kept = known.get(script)
  if (kept !== undefined) return kept
  const commands = takeApart(script)
  if (known.size >= KNOWN_MOST) known.clear()
  known.set(script, commands)
  return commands
}

/** A word, a separator (; && || | & or the end of a line), a redirection, or a comment. */
const PIECES =
  /[ \t]+|\\\n|(\n|;|&&?|\|\|?)|(>>?)|(#[^\n]*)|((?:'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]|[^\s;&|>'"\\])+)|[^]/g

function takeApart(script: string): readonly Command[] {
  const commands: Command[] = []
  let words: string[] = []
  let redirection: string | undefined
  let into: Command['into']
  const end = (): void => {
    if (words.length > 0) commands.push({ words, ...(into === undefined ? {} : { into }) })
    words = []
    redirection = undefined
    into = undefined
  }
  for (const [, separator, arrow, , word] of script.matchAll(PIECES)) {
    if (separator !== undefined) end()
    else if (arrow !== undefined) redirection = arrow
    else if (word !== undefined && redirection !== undefined) {
      into = { path: unquoted(word), append: redirection === '>>' }
      redirection = undefined
    } else if (word !== undefined) words.push(unquoted(word))
  }
  end()
  return commands
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/g,
    (_all, single?: string, double?: string, escaped?: string) => {
      if (single !== undefined) return single
      if (double !== undefined) return double.replaceAll(/\\(["\\$`])/g, '$1')
      return escaped ?? ''
    },
  )
}
