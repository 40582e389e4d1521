/** How a program that spreads traffic is run from its own folder, and takes a changed configuration without losing anybody. */
export interface BalancerProgram {
  /** The file of its configuration. */
  readonly path: string
  readonly launch: string
  /** Ends when whatever comes now goes by the new configuration: the members that it lacks may then end. */
  readonly reload: string
}

/** The programs that can be asked for by name. */
export const BALANCER_PROGRAMS: { readonly [program in 'haproxy' | 'nginx']: BalancerProgram } = {
  haproxy: {
    path: 'haproxy.cfg',
    launch: 'echo $$ > haproxy.pid\nexec haproxy -W -db -f haproxy.cfg',
    reload: reloadBy({
      check: 'haproxy -c -q -f haproxy.cfg',
      signal: 'USR2',
      pid: 'haproxy.pid',
      // A worker that is told to end closes what it listens on at once, and stays for the connections that it has.
      takes: `ls -l "/proc/$1/fd" 2>/dev/null | grep -qF "$(awk '$4 == "0A" { print "[" $10 "]" }' /proc/net/tcp*)"`,
    }),
  },
  // Under a prefix of its own it would not find its modules.
  nginx: {
    path: 'nginx.conf',
    launch: `exec ${nginx()}`,
    reload: reloadBy({
      check: `${nginx()} -q -t`,
      signal: 'HUP',
      pid: 'nginx.pid',
      // It gives itself another title.
      takes:
        'tr "\\0" " " <"/proc/$1/cmdline" 2>/dev/null | grep -q . && ! grep -q "shutting down" "/proc/$1/cmdline"',
    }),
  },
}

/** Whether something on the machine listens on a port, by what its kernel says. */
export function listensOn(port: number): string {
  const number = port.toString(16).toUpperCase().padStart(4, '0')
  return `grep -qs ':${number} 0*:0000 0[A7] ' /proc/net/tcp* /proc/net/udp*`
}

function nginx(): string {
  return `nginx -c "$PWD/nginx.conf" -e stderr -g "daemon off; pid '$PWD/nginx.pid';"`
}

interface Reload {
  /** Fails for a configuration that is wrong. */
  readonly check: string
  /** Which the first process takes for a reload. */
  readonly signal: string
  /** File that has its id. */
  readonly pid: string
  /** Whether the process $1 of the configuration before still takes what comes. */
  readonly takes: string
}

function reloadBy({ check, signal, pid, takes }: Reload): string {
  return [
    'set -e',
    check,
    `takes() { ${takes}; }`,
    `master=$(cat ${pid})`,
    'before=$(cat "/proc/$master/task/$master/children")',
    `kill -${signal} "$master"`,
    'for one in $before; do while takes "$one"; do sleep 0.1; done; done',
  ].join('\n')
}
