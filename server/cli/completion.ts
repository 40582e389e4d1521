import type { Verb } from './verb.js'

/** A script that completes verbs and options in bash; files where nothing else fits. */
export function bashCompletion(verbs: readonly Verb[]): string {
  const cases = placesOf(verbs).map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`)
  return `# weir completion for bash
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" place='' words='' word
  case "$previous" in
    -o|--output) COMPREPLY=($(compgen -W 'table wide json yaml name' -- "$current")); return ;;
    --progress) COMPREPLY=($(compgen -W 'auto tty plain json' -- "$current")); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) ;;
      *) case " ${groupsOf(verbs).join(' ')} " in
           *" $place "*) place="$place $word" ;;
           *) [ -z "$place" ] && place="$word" ;;
         esac ;;
    esac
  done
  case "$place" in
${cases.join('\n')}
  esac
  case " ${targetsOf(verbs).join(' ')} " in
    *" $place "*) case "$current" in -*) ;; *) words="$words $(weir complete "$current" 2>/dev/null)" ;; esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _weir weir
`
}

/** A script that completes verbs and options in zsh, through its bash emulation. */
export function zshCompletion(verbs: readonly Verb[]): string {
  return `#compdef weir
autoload -U +X bashcompinit && bashcompinit
${bashCompletion(verbs)}`
}

/** A script that completes verbs and options in fish. */
export function fishCompletion(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap((verb) => {
    const name = wordOf(verb)
    const seen = `__fish_seen_subcommand_from ${name}`
    const own = `complete -c weir -n __fish_use_subcommand -f -a ${name} -d ${quote(verb.summary)}`
    const parts = (verb.verbs ?? []).map(
      (part) => `complete -c weir -n '${seen}' -f -a ${wordOf(part)} -d ${quote(part.summary)}`,
    )
    const options = (verb.options ?? []).flatMap(([flags, description]) =>
      longFlags(flags).map(
        (flag) => `complete -c weir -n '${seen}' -l ${flag.slice(2)} -d ${quote(description)}`,
      ),
    )
    const target = `complete -c weir -n '${seen}' -f -a '(weir complete (commandline -ct) 2>/dev/null)'`
    return [own, ...parts, ...options, ...(takesTarget(verb) ? [target] : [])]
  })
  const formats = "complete -c weir -s o -l output -x -a 'table wide json yaml name'"
  return `# weir completion for fish\n${formats}\n${lines.join('\n')}\n`
}

/** Options that every verb takes. */
const GLOBAL_FLAGS = ['--output', '--server', '--token-file', '--no-color', '--progress', '--help']

/** What can come after which words: after none, after a verb, after a group and its verb. */
function placesOf(
  verbs: readonly Verb[],
): readonly { readonly path: string; readonly words: readonly string[] }[] {
  const below = verbs.flatMap((verb) => {
    const own = { path: wordOf(verb), words: wordsAfter(verb) }
    const parts = (verb.verbs ?? []).map((part) => ({
      path: `${wordOf(verb)} ${wordOf(part)}`,
      words: wordsAfter(part),
    }))
    return [own, ...parts]
  })
  return [{ path: '', words: [...verbs.map(wordOf), 'help', '--version', ...GLOBAL_FLAGS] }, ...below]
}

function wordsAfter(verb: Verb): readonly string[] {
  const parts = (verb.verbs ?? []).map(wordOf)
  const options = (verb.options ?? []).flatMap(([flags]) => longFlags(flags))
  return [...parts, ...(verb.choices ?? []), ...options, ...GLOBAL_FLAGS]
}

/** Verbs that take an application or something in it. */
function targetsOf(verbs: readonly Verb[]): readonly string[] {
  return verbs.filter(takesTarget).map(wordOf)
}

function takesTarget({ usage }: Verb): boolean {
  return /[<[](app|target)\b/.test(usage)
}

function groupsOf(verbs: readonly Verb[]): readonly string[] {
  return verbs.filter((verb) => verb.verbs !== undefined).map(wordOf)
}

function wordOf(verb: Verb): string {
  return verb.usage.split(' ')[0] ?? ''
}

function longFlags(flags: string): readonly string[] {
  return [...flags.matchAll(/--[a-z-]+/g)].map(([flag]) => flag)
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
