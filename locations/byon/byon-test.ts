import { failureOf } from '../../engine/index.js'
import type { SshSessions } from '../ssh/index.js'
import type { ByonConfig, ByonHost } from './byon-config.js'
import type { HostShell } from './host-shell.js'

/** One thing that was tried; the detail of one that does not work says what to do about it. */
export interface TestLine {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

/** What trying hosts takes. */
export interface TestParts {
  readonly sessions: SshSessions
  readonly shell: HostShell
  readonly config: ByonConfig
}

/** Tries each host: the login, and what machines there will need. Leaves nothing behind. */
export async function testHosts(parts: TestParts, signal: AbortSignal): Promise<readonly TestLine[]> {
  const lines = await Promise.all(parts.config.hosts.map((host) => testHost(host, parts, signal)))
  return lines.flat()
}

async function testHost(host: ByonHost, parts: TestParts, signal: AbortSignal): Promise<readonly TestLine[]> {
  const line = (what: string, ok: boolean, detail: string): TestLine => ({
    what: `${host.name} ${what}`,
    ok,
    detail,
  })
  try {
    const { taken, boot } = await parts.shell.look(host, signal)
    const room = `${taken} of ${host.machines} claimed`
    const login = line(
      'login',
      boot !== 'unknown',
      boot === 'unknown' ? NO_LINUX : `as ${host.ssh.user}, boot ${boot}`,
    )
    return [login, line('machines', taken < host.machines, room), await needs(host, parts, signal, line)]
  } catch (error) {
    return [line('login', false, failureOf(error).message)]
  }
}

const NO_LINUX = 'the identity of its boot cannot be read: this needs Linux'

async function needs(
  host: ByonHost,
  { sessions, config }: TestParts,
  signal: AbortSignal,
  line: (what: string, ok: boolean, detail: string) => TestLine,
): Promise<TestLine> {
  const call = { signal, timeout: config.timeout, limit: 10_000, stdin: '' }
  const { stdout, stderr, exitCode } = await sessions.run(
    host.ssh,
    ['sh', '-c', NEEDS, 'sh', config.root],
    call,
  )
  const isMissing = exitCode !== 0 || stdout.trim() !== ''
  const detail = `${stdout}${stderr}`.trim().replaceAll('\n', '; ')
  return line(
    'tools',
    !isMissing,
    isMissing ? detail : 'sh and the basic utilities, and a directory that is kept',
  )
}

/** Prints what is missing. */
const NEEDS = `
for c in grep cat ln mv rm mkdir sleep date sort tail head wc find chmod; do
  command -v $c >/dev/null || echo "there is no $c"
done
root=$1
[ -n "$root" ] || root=$HOME/.weir
umask 077
{ mkdir -p "$root" && echo works >"$root/.test-$$" && ln "$root/.test-$$" "$root/.test-$$.2"; } 2>/dev/null ||
  echo "$root cannot be written: name another directory as root"
rm -f "$root/.test-$$" "$root/.test-$$.2"
`
