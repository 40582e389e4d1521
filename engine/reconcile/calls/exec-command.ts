import { Failure } from '../../support/failure.js'
import { quote } from '../../support/quote.js'
import { Secret } from '../../support/secret.js'

/** A command line and what is written into its standard input. */
export interface ExecCommand {
  readonly command: readonly string[]
  readonly stdin?: string
}

/**
 * A script with its environment as one command. Secret values go through standard input, because command lines can be
 * seen by everybody on a machine; the script's own input is empty. Throws a Failure ('invalid', never) for a secret that
 * no shell can carry.
 */
export function execCommand(
  script: string,
  environment: { readonly [name: string]: string | Secret },
): ExecCommand {
  const open: string[] = []
  let stdin = ''
  for (const [name, value] of Object.entries(environment)) {
    if (value instanceof Secret) stdin += exported(name, value.reveal())
    else open.push(`${name}=${value}`)
  }
  const before = open.length === 0 ? [] : ['env', ...open]
  if (stdin === '') return { command: [...before, '/bin/sh', '-c', script] }
  return { command: [...before, '/bin/sh', '-c', READ_FIRST, 'sh', script], stdin }
}

/** Reads variables from standard input before it becomes the script. */
const READ_FIRST = 'eval "$(cat)"; exec /bin/sh -c "$1" </dev/null'

function exported(name: string, text: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || text.includes('\0')) {
    const message = `the secret ${name} cannot be given by environment`
    throw new Failure({ cause: 'invalid', retry: 'never', message })
  }
  return `export ${name}=${quote(text)}\n`
}
