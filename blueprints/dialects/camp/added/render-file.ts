import { type ConfigMap, type EffectorSpec, literal } from '../../../../engine/index.js'
import { durationOf } from '../../../resolve/amounts.js'
import { present } from '../../../resolve/present.js'
import type { KnownSettings, Settings } from '../settings.js'

/** The settings of an effector that writes a file. */
export const RENDER_FILE: KnownSettings = {
  settings: [
    'name',
    'description',
    'file',
    'make',
    'check',
    'reload',
    'health',
    'healthFor',
    'mode',
    'timeout',
  ],
  needed: ['file'],
}

/** Milliseconds in which it must be healthy, and for all of it. */
const HEALTH_FOR = 10_000
const TIMEOUT = 120_000

/** An effector that writes a file whole, has it checked and taken, and puts the one before back where that fails. */
export function renderFileEffector(given: Settings): EffectorSpec {
  const healthFor = durationOf(given.node('healthFor')?.value) ?? HEALTH_FOR
  return given.mark({
    name: given.text('name') ?? 'render',
    ...present({ description: given.text('description') }),
    parameters: [{ name: 'content', type: 'string', required: true, constraints: [] }],
    command: literal(SCRIPT),
    environment: {
      WEIR_FILE: given.expression('file'),
      WEIR_HEALTH_TRIES: literal(String(Math.max(1, Math.ceil(healthFor / 1_000)))),
      ...textsOf(given),
    },
    timeout: durationOf(given.node('timeout')?.value) ?? TIMEOUT,
  })
}

/** What it is told by texts, each with what holds where nothing is said. */
const TEXTS = [
  ['WEIR_MAKE', 'make', 'cat'],
  ['WEIR_CHECK', 'check', ':'],
  ['WEIR_RELOAD', 'reload', ':'],
  ['WEIR_HEALTH', 'health', ':'],
  ['WEIR_MODE', 'mode', '644'],
] as const

function textsOf(given: Settings): ConfigMap {
  return Object.fromEntries(TEXTS.map(([name, key, usual]) => [name, literal(given.text(key) ?? usual)]))
}

/**
 * While a change is not confirmed, what was there before stands beside the file: a run that was killed is found by that, and
 * done to its end by the next. What went wrong once it was taken is kept too, and not tried again for half an hour.
 */
const SCRIPT = `set -eu
file=$WEIR_FILE
if [ -L "$file" ]; then file=$(readlink -f "$file"); fi
mkdir -p "$(dirname "$file")"
new=$file.weir-new before=$file.weir-before none=$file.weir-none refused=$file.weir-refused
umask 077
printf '%s' "$content" | sh -c "$WEIR_MAKE" >"$new"
if [ -n "$(find "$refused" -mmin -30 2>/dev/null)" ] && cmp -s "$new" "$refused"; then
  rm -f "$new"
  echo "this went wrong within the last half hour; remove $refused to have it tried again" >&2
  exit 1
fi
if [ ! -e "$before" ] && [ ! -e "$none" ]; then
  if cmp -s "$new" "$file" 2>/dev/null; then
    rm -f "$new"
    echo 'it is so already'
    exit 0
  fi
  if [ -e "$file" ]; then
    cp -p "$file" "$before.part"
    mv "$before.part" "$before"
  else
    : >"$none"
  fi
fi
back() {
  if [ -e "$before" ]; then mv "$before" "$file"; else rm -f "$file" "$none"; fi
}
chmod "$WEIR_MODE" "$new"
mv "$new" "$file"
if ! sh -c "$WEIR_CHECK"; then
  back
  echo 'the check refused it; the one before is back' >&2
  exit 1
fi
wrong=
if ! sh -c "$WEIR_RELOAD"; then
  wrong='it was not taken'
else
  tries=$WEIR_HEALTH_TRIES
  until sh -c "$WEIR_HEALTH"; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      wrong='it was not healthy with it'
      break
    fi
    sleep 1
  done
fi
if [ -n "$wrong" ]; then
  cp "$file" "$refused"
  back
  if sh -c "$WEIR_RELOAD"; then echo "$wrong; the one before is back" >&2; else echo "$wrong, nor is the one before taken" >&2; fi
  exit 1
fi
if [ -e "$before" ]; then mv "$before" "$file.weir-backup"; fi
rm -f "$none" "$refused"
echo 'it is taken'
`
