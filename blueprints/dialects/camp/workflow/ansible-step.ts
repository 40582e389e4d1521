import { type ConfigMap, literal } from '../../../../engine/index.js'
import { present } from '../../../resolve/present.js'
import { readNumberCondition } from './conditions.js'
import { type FlowDesk, report } from './flow-desk.js'
import { valueOf } from './interpolate.js'
import type { StepFields } from './step-fields.js'
import { type Made, type StepKind, stepKind } from './step-kind.js'
import { writtenAt } from './written.js'

const KEYS = [
  'playbook_yaml',
  'vars',
  'run_dir',
  'install',
  'install_dir',
  'env',
  'exit_code',
  'output_max_size',
]

/**
 * Runs a playbook of Ansible on the machine that it is about. The playbook and its variables travel in the environment,
 * where they may hold secrets.
 *
 * @source AnsibleSshWorkflowStep for `URL named NAME`, the reference of steps for `NAME from URL`
 */
export const ANSIBLE_STEP: StepKind = stepKind({
  line: '[ ${playbook_name} " from " ] ${playbook_url} [ " named " ${playbook_name} ]',
  keys: KEYS,
  needed: [['playbook_url', 'playbook_yaml']],
  example: 'ansible-ssh https://example.com/web.yaml named web',
  make: ansible,
})

function ansible(fields: StepFields, flow: FlowDesk): Made | undefined {
  const playbook = playbookIn(fields, flow)
  if (playbook === undefined) return undefined
  const exitCode = readNumberCondition(fields.get('exit_code'), flow)
  const limit = fields.node('output_max_size')?.number
  const environment = { ...environmentIn(fields, flow), ...playbook, ...settingsIn(fields, flow) }
  return {
    does: {
      kind: 'command',
      script: literal(fields.node('install')?.flag === false ? RUN : `${INSTALL}\n${RUN}`),
      environment,
      ...present({ exitCode, limit: limit === -1 ? Number.MAX_SAFE_INTEGER : limit }),
    },
  }
}

function environmentIn(fields: StepFields, flow: FlowDesk): ConfigMap {
  const entries = fields.node('env')?.entries() ?? []
  return Object.fromEntries(entries.map(([key, part]) => [key, valueOf(writtenAt(part), flow)]))
}

/** What the script knows the other keys by. */
const SETTINGS = { vars: 'PLAYBOOK_VARS', playbook_name: 'PLAYBOOK_NAME', run_dir: 'PLAYBOOK_DIR' } as const

function settingsIn(fields: StepFields, flow: FlowDesk): ConfigMap {
  const told = Object.entries(SETTINGS).flatMap(([key, name]) => {
    const written = fields.get(key)
    return written === undefined ? [] : [[name, valueOf(written, flow)] as const]
  })
  return Object.fromEntries(told)
}

/** The playbook itself, or where the machine has it from: JSON is YAML. A word beside the playbook itself is its name. */
function playbookIn(fields: StepFields, flow: FlowDesk): ConfigMap | undefined {
  const [url, yaml] = [fields.get('playbook_url'), fields.get('playbook_yaml')]
  if (yaml === undefined) return url === undefined ? undefined : { PLAYBOOK_URL: valueOf(url, flow) }
  const playbook = { PLAYBOOK: valueOf(yaml, flow) }
  if (url === undefined) return playbook
  const isName = fields.get('playbook_name') === undefined && !/[:/]/.test(url.text ?? '')
  if (isName) return { ...playbook, PLAYBOOK_NAME: valueOf(url, flow) }
  report(flow, 'BP1811', yaml, {
    error: 'a playbook is written, or comes from an address, not both',
    hint: 'take "playbook_url" or "playbook_yaml" out',
  })
  return undefined
}

/** Has Ansible installed by whatever installs things there. */
const INSTALL = `if ! command -v ansible-playbook >/dev/null 2>&1; then
  w_as=; [ "$(id -u)" = 0 ] || w_as=sudo
  if command -v apt-get >/dev/null 2>&1; then
    $w_as apt-get update -qq >&2
    $w_as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ansible-core >&2
  elif command -v dnf >/dev/null 2>&1; then $w_as dnf install -y -q ansible-core >&2
  elif command -v yum >/dev/null 2>&1; then $w_as yum install -y -q epel-release >&2; $w_as yum install -y -q ansible >&2
  elif command -v apk >/dev/null 2>&1; then $w_as apk add -q ansible-core >&2
  fi
fi`

/** Puts the playbook and its variables where it runs, for this user alone, and runs it against this very machine. */
const RUN = `command -v ansible-playbook >/dev/null 2>&1 || { echo "there is no ansible-playbook on this machine" >&2; exit 127; }
umask 077
mkdir -p "\${PLAYBOOK_DIR:=.}"; cd "$PLAYBOOK_DIR"
w_book="\${PLAYBOOK_NAME:-playbook}.yaml"
if [ -n "\${PLAYBOOK_URL:-}" ]; then
  case "$PLAYBOOK_URL" in
    file://*) cp "\${PLAYBOOK_URL#file://}" "$w_book" ;;
    *) if command -v curl >/dev/null 2>&1; then curl -fsSL --retry 3 -o "$w_book" "$PLAYBOOK_URL"
      else wget -q -O "$w_book" "$PLAYBOOK_URL"; fi ;;
  esac
else printf '%s\\n' "$PLAYBOOK" > "$w_book"
fi
set -- -i localhost, -c local "$w_book"
if [ -n "\${PLAYBOOK_VARS:-}" ]; then
  printf '%s\\n' "$PLAYBOOK_VARS" > "$w_book.vars"
  set -- "$@" -e "@$w_book.vars"
fi
unset PLAYBOOK PLAYBOOK_VARS
ansible-playbook "$@"`
