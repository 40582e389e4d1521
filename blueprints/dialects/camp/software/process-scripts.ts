/** Where a service may leave the id of its process. */
export const PID_FILE = 'export PID_FILE="$RUN_DIR/pid.txt"'

/**
 * Stays for as long as the process does whose id was left in the file; asked to end, it asks that, and kills what has not
 * ended by itself in time. Nothing was left there: there is nothing to wait for.
 */
export const AWAIT_PID = `if [ -s "$PID_FILE" ]; then
  w_pid=$(cat "$PID_FILE")
  w_end() {
    kill "$w_pid" 2>/dev/null || exit 0
    w_left=80
    while [ "$w_left" -gt 0 ] && kill -0 "$w_pid" 2>/dev/null; do w_left=$((w_left - 1)); sleep 0.1; done
    kill -9 "$w_pid" 2>/dev/null || true
    wait "$w_pid" 2>/dev/null || true
    exit 0
  }
  trap w_end TERM INT HUP
  wait "$w_pid" 2>/dev/null || true
  while kill -0 "$w_pid" 2>/dev/null; do sleep 1; done
  echo "the process $w_pid of $PID_FILE has ended" >&2
  exit 1
fi`

/** What tells that a launch has ended well, taken away when it begins and left when it is done. */
export const LAUNCH_BEGINS = 'rm -f "$RUN_DIR/.launched"'
export const LAUNCH_ENDS = ': > "$RUN_DIR/.launched"'

/** Fails while the launch goes on, and says that there is no such file. */
export const HAS_LAUNCHED = 'ls "$RUN_DIR/.launched" >/dev/null'

/** Fetches what DOWNLOAD_URL names into the install directory, once. */
export const DOWNLOAD = `mkdir -p "$INSTALL_DIR" && cd "$INSTALL_DIR"
w_name=\${DOWNLOAD_URL%%[?#]*}; w_name=\${w_name##*/}
DOWNLOADED_FILE="$INSTALL_DIR/\${w_name:-download}"; export DOWNLOADED_FILE
if [ ! -s "$DOWNLOADED_FILE" ]; then
  case "$DOWNLOAD_URL" in
    file://*) cp "\${DOWNLOAD_URL#file://}" "$DOWNLOADED_FILE.part" ;;
    *)
      if command -v curl >/dev/null 2>&1; then curl -fsSL --retry 3 -o "$DOWNLOADED_FILE.part" "$DOWNLOAD_URL"
      elif command -v wget >/dev/null 2>&1; then wget -q -O "$DOWNLOADED_FILE.part" "$DOWNLOAD_URL"
      else echo "neither curl nor wget is there to fetch $DOWNLOAD_URL" >&2; exit 127; fi ;;
  esac
  mv "$DOWNLOADED_FILE.part" "$DOWNLOADED_FILE"
fi`

const FOUND = `w_name=\${DOWNLOAD_URL%%[?#]*}; w_name=\${w_name##*/}
DOWNLOADED_FILE="$INSTALL_DIR/\${w_name:-download}"; export DOWNLOADED_FILE`

const UNPACKED = `case "$DOWNLOADED_FILE" in
  *.tar.gz|*.tgz) tar -xzf "$DOWNLOADED_FILE" ;;
  *.tar.bz2|*.tbz|*.tbz2) tar -xjf "$DOWNLOADED_FILE" ;;
  *.tar.xz|*.txz) tar -xJf "$DOWNLOADED_FILE" ;;
  *.tar) tar -xf "$DOWNLOADED_FILE" ;;
  *.zip|*.war|*.ear) unzip -oq "$DOWNLOADED_FILE" ;;
  *) cp "$DOWNLOADED_FILE" . ;;
esac`

/** Unpacks what was fetched in the directory that is worked in, or copies there what is no archive. */
export const UNPACK: string = [FOUND, UNPACKED].join('\n')

/** Unpacks it where it was fetched, and says what directory that made. */
export const EXPAND: string = [
  'EXPANDED_INSTALL_DIR="$EXPANDED"',
  'case "$EXPANDED" in /*) ;; *) EXPANDED_INSTALL_DIR="$INSTALL_DIR/$EXPANDED" ;; esac',
  'export EXPANDED_INSTALL_DIR',
  UNPACKED.replace('*) cp "$DOWNLOADED_FILE" . ;;', '*) ;;'),
].join('\n')

/** Nothing more is done where the mark of this label is; it is left when all is done. */
export const ONLY_ONCE: readonly [first: string, last: string] = [
  `w_label=$(printf %s "$INSTALL_LABEL" | tr -c 'A-Za-z0-9._-' _)
w_mark="$INSTALL_DIR/.installed-$w_label"
if [ -e "$w_mark" ]; then echo "$INSTALL_LABEL is installed already"; exit 0; fi`,
  'mkdir -p "$INSTALL_DIR" && : > "$w_mark"',
]

/** Does nothing while a command says that it runs. */
export function skippedWhile(runs: string): string {
  return `if ${runs} >/dev/null 2>&1; then echo "it is running already"; exit 0; fi`
}

/** Stays by what runs already, as by what was launched, for as long as a command says that it does. */
export function adoptWhile(runs: string): string {
  return `if ${runs} >/dev/null 2>&1; then
  ${LAUNCH_ENDS}
  echo "it is running already"
  while ${runs} >/dev/null 2>&1; do sleep 5; done
  echo "what was running already has ended" >&2
  exit 1
fi`
}
