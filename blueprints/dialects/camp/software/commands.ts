import { type ConfigMap, type Expression, literal } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { artifactText } from './files.js'
import { isDsl, readExpression } from '../language/expressions.js'
import type { Settings } from '../settings.js'

/** Settings of whatever runs a command. */
export const COMMAND_SETTINGS = ['command', 'commandUrl', 'executionDir', 'shell.env', 'env'] as const

/** A command that is written: `true` and `false` are commands too, and no less so without quotes. */
export function readCommandText(node: DocumentNode, desk: TranslationDesk): Expression {
  return node.flag === undefined ? readExpression(node, desk) : literal(String(node.flag))
}

/** A command with what it is to know. */
export interface ReadCommand {
  readonly command: Expression
  readonly environment?: ConfigMap
}

/** Tells the command where to work, where that is not known before it runs. */
const DIRECTORY = 'EXECUTION_DIR'

/** The command, or the file that it stands in, run in its directory where it names one. */
export function readCommand(given: Settings): ReadCommand {
  const own = given.map('shell.env', 'env')
  const script = scriptOf(given)
  const directory = given.node('executionDir')
  if (directory === undefined) return withEnvironment(script, own)
  if (isDsl(directory)) {
    const where = readExpression(directory, given.desk)
    return withEnvironment(inside(`"$${DIRECTORY}"`, script), { ...own, [DIRECTORY]: where })
  }
  if (directory.text === undefined) {
    given.desk.report('BP1102', 'the directory of a command is a text', directory, {
      hint: 'e.g. /var/lib/shop',
    })
    return withEnvironment(script, own)
  }
  return withEnvironment(inside(shellPath(directory.text), script), own)
}

function scriptOf(given: Settings): Expression {
  const url = given.node('commandUrl')
  const node = given.node('command')
  if (url !== undefined && node !== undefined) {
    const hint = 'keep one of "command" and "commandUrl"'
    given.desk.reportAt('BP1503', 'the command has more than one source', url.keyPlace, {
      pointer: url.pointer,
      hint,
    })
  }
  if (node !== undefined) return readCommandText(node, given.desk)
  if (url?.text !== undefined) return literal(artifactText(url, url.text, given.desk) ?? '')
  if (url !== undefined)
    given.desk.report('BP1102', 'the name of a file is a text', url, { hint: 'e.g. scripts/depth.sh' })
  return literal('')
}

function withEnvironment(command: Expression, environment: ConfigMap | undefined): ReadCommand {
  return environment === undefined || Object.keys(environment).length === 0
    ? { command }
    : { command, environment }
}

/** A script in a directory, which is made where it is not there. */
function inside(directory: string, script: Expression): Expression {
  const before = `mkdir -p ${directory} && cd ${directory} || exit 1\n`
  if (script.kind === 'literal' && typeof script.value === 'string')
    return literal(`${before}${script.value}`)
  return { kind: 'format', pattern: `${before.replaceAll('%', '%%')}%s`, arguments: [script] }
}

/** A path as a shell takes it; the home directory at its beginning stays that. */
function shellPath(path: string): string {
  if (path === '~') return '"$HOME"'
  return path.startsWith('~/') ? `"$HOME"/${quoted(path.slice(2))}` : quoted(path)
}

/** One word of a shell that stands for exactly this text. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
