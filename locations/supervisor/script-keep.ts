/** The supervisor's vigil: one process for each run that starts it, waits for it and writes its receipt. */
export const SCRIPT_KEEP = `
# The supervisor of one run. It answers 'ready' when the run has begun, to a starter that may have been killed, and
# then lets go of it.
do_keep() {
  began_of $$
  printf '%s %s\\n' $$ "$w_began" >"$w_dir/.claim.$$"
  ln "$w_dir/.claim.$$" "$w_dir/claim" 2>/dev/null || { rm -f "$w_dir/.claim.$$"; exit 0; }
  rm -f "$w_dir/.claim.$$"
  load w <"$w_dir/meta"
  trap '' HUP
  now
  w_started=$w_now
  # Held open by this process alone: its other end learns of its end, whatever ends it.
  if mkfifo "$w_dir/.alive" 2>/dev/null; then exec 9<>"$w_dir/.alive"; fi
  w_setsid=$(command -v setsid)
  : >"$w_dir/out"
  if [ "$w_mode" = service ]; then
    launch >>"$w_dir/out" 2>&1 </dev/null 9>&- &
  else
    : >"$w_dir/err"
    launch >>"$w_dir/out" 2>>"$w_dir/err" </dev/null 9>&- &
  fi
  w_main=$!
  began_of $w_main
  w_leads=0
  [ -z "$w_setsid" ] || w_leads=$w_main
  keep_line "$w_main \${w_began:-0} $w_leads $w_started" "$w_dir/child"
  { exec >/dev/null 2>&1 </dev/null 9>&-; vigil; } &
  w_vigil=$!
  trap '' PIPE
  echo ready
  exec >/dev/null
  wait $w_main
  w_code=$?
  now
  w_finished=$w_now
  [ "$w_mode" = task ] || sweep
  if [ -e "$w_dir/timed-out" ]; then
    w_state=timed-out
    wait_ended 10000
  else
    w_state=exited
  fi
  kill $w_vigil 2>/dev/null
  receipt
}

receipt() {
  printf 'state %s\\nexitCode %s\\nfinishedAt %s\\ninstance %s\\n' $w_state $w_code $w_finished "$w_instance" \\
    >"$w_home/receipts/.$w_token.$$"
  rm -f "$w_dir/script" "$w_dir/env"
  mv -f "$w_home/receipts/.$w_token.$$" "$w_home/receipts/$w_token"
  rm -f "$w_dir/.alive"
}

# Becomes the run. A shell ignores INT and QUIT for what it runs beside itself; where env can, they are given back.
# Values of ours are kept as parameters: variables belong to the run from here on.
launch() {
  unset WEIR_SUPERVISOR
  w_env=
  if env --default-signal=INT true 2>/dev/null; then w_env="$(command -v env) --default-signal=INT,QUIT"; fi
  set -- "$w_dir" "$w_home/environment" "$(command -v rm)" $w_setsid $w_env "$(command -v sh)"
  WEIR_RUN=$w_dir/ RUN_DIR=$w_directory INSTALL_DIR=$w_install
  export WEIR_RUN RUN_DIR INSTALL_DIR
  umask 022
  trap - HUP
  cd "$w_directory" || exit 126
  if [ -f "$2" ]; then . "$2"; fi
  if [ -f "$1/env" ]; then . "$1/env"; fi
  "$3" -f "$1/env"
  set -- "$@" -e "$1/script"
  shift 3
  exec "$@"
}

# What a service leaves behind when its main process ends goes too; whoever ends it on purpose gives it its time.
sweep() {
  w_grace=1000
  if [ -e "$w_dir/ending" ]; then read -r w_grace <"$w_dir/ending"; fi
  has_live || return 0
  if [ ! -e "$w_dir/ending" ]; then signal_all TERM; fi
  wait_ended "$w_grace" || signal_all KILL
  wait_ended 5000
}

# Beside the wait: rotation, the time limit, and the end of a run whose supervisor was killed.
vigil() {
  w_sleep=
  trap 'kill $w_sleep 2>/dev/null; exit 0' TERM
  trap - EXIT
  read -r w_boss w_boss_began <"$w_dir/claim"
  w_left=$w_timeout
  while is_alive "$w_boss" "$w_boss_began"; do
    w_nap=$w_pace
    if [ "$w_left" -gt 0 ] && [ "$w_left" -lt "$w_nap" ]; then w_nap=$w_left; fi
    seconds "$w_nap"
    sleep $w_seconds &
    w_sleep=$!
    wait $w_sleep
    rotate
    [ "$w_left" -gt 0 ] || continue
    w_left=$((w_left - w_nap))
    [ $w_left -gt 0 ] || overtime
  done
  signal_all KILL
}

overtime() {
  : >"$w_dir/timed-out"
  signal_all TERM
  wait_ended 3000 || signal_all KILL
}

# Copies and empties: whoever writes goes on at the beginning, having opened the file for appending. What is printed
# between the two is lost, which is the price of a run that needs nobody to read its output.
rotate() {
  for w_log in $(cd "$w_dir" && find out err -size +"$w_limit"c 2>/dev/null); do
    w_log=$w_dir/$w_log
    w_number=$w_keep
    while [ "$w_number" -gt 1 ]; do
      if [ -f "$w_log.$((w_number - 1))" ]; then mv -f "$w_log.$((w_number - 1))" "$w_log.$w_number"; fi
      w_number=$((w_number - 1))
    done
    [ "$w_keep" -lt 1 ] || cp "$w_log" "$w_log.1"
    : >"$w_log"
  done
}
`
