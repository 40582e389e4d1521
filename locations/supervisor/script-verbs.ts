/** The supervisor's verbs, as its clients call them. */
export const SCRIPT_VERBS = `
# Begins a run unless it has begun already. Killed at any point and repeated, it begins it exactly once: the run's
# directory appears complete, and only one supervisor can claim it.
do_start() {
  check_token
  case $w_mode in task | service) ;; *) refuse invalid 'a run is a task or a service' ;; esac
  lock
  fence
  if [ -d "$w_dir" ]; then
    load m <"$w_dir/meta"
    [ "$m_digest" = "$w_digest" ] || refuse conflict "the run $w_token is other work: its digest is $m_digest"
    w_answer=found
    if [ ! -e "$w_dir/claim" ]; then w_answer=started; spawn; fi
  else
    end_lost
    prune
    prepare
    w_answer=started
    spawn
  fi
  unlock
  printf 'answer %s\\n' $w_answer
  show
}

prepare() {
  rm -rf "$w_home"/runs/.new.*
  w_new=$w_home/runs/.new.$$
  mkdir -p "$w_new" "$w_home/receipts" && cat >"$w_new/payload" || refuse internal 'the work cannot be written here'
  normalise
  . "$w_new/payload"
  rm -f "$w_new/payload"
  for w_key in digest mode generation label instance timeout directory install limit keep pace; do
    eval "printf '%s %s\\\\n' $w_key \\"\\$w_$w_key\\""
  done >"$w_new/meta"
  [ -f "$w_new/script" ] || refuse invalid 'there is no script'
  rm -f "$w_home/receipts/$w_token"
  mv "$w_new" "$w_dir" || refuse internal 'the work cannot be written here'
}

# The words of a payload.
script() { printf '%s' "$1" >"$w_new/script"; }
environment() { printf '%s' "$1" >"$w_new/env"; }
place() { # MODE PATH TEXT
  w_why=$(put "$@" 2>&1) && return 0
  [ -z "\${w_new-}" ] || rm -rf "$w_new"
  refuse invalid "$2: \${w_why:-it cannot be written}"
}

# Symbolic links are followed one by one, so that no step leaves what may be written. Under the lock: what somebody who
# was killed has begun is finished by the one who comes again.
put() ( # MODE PATH TEXT
  case $2 in /*) cd / ;; *) mkdir -p "$w_directory" && cd -P "$w_directory" ;; esac || exit 1
  w_left=\${2#/}
  while :; do
    case $w_left in */*) ;; *) break ;; esac
    w_part=\${w_left%%/*} w_left=\${w_left#*/}
    case $w_part in '' | .) continue ;; ..) echo 'it leads out of its directory'; exit 1 ;; esac
    if [ ! -d "./$w_part" ]; then
      inside || exit 1
      (umask 022 && mkdir "./$w_part") || exit 1
    fi
    cd -P "./$w_part" || exit 1
  done
  inside || exit 1
  case $w_left in '' | . | ..) echo 'it names no file'; exit 1 ;; esac
  if [ -d "./$w_left" ]; then echo 'there is a directory of that name'; exit 1; fi
  printf '%s' "$3" >./.weir.new && chmod "$1" ./.weir.new && mv -f ./.weir.new "./$w_left" && exit 0
  rm -f ./.weir.new
  exit 1
)

# Whether the working directory is one that may be written.
inside() {
  w_here=$(pwd -P)
  while IFS= read -r w_place; do
    case $w_here/ in "\${w_place%/}"/*) return 0 ;; esac
  done <<END
$w_places
END
  echo 'it leads out of its directory'
  return 1
}

# Where may be written, without symbolic links.
normalise() {
  w_places=$(printf '%s' "$w_writable" | while IFS= read -r w_place; do
    cd -P "$w_place" 2>/dev/null && pwd -P
  done)
}

# Detached: the supervisor shares neither session nor streams with us. It says 'ready' and closes its output.
spawn() {
  if command -v setsid >/dev/null; then set -- setsid; else set --; fi
  w_ready=$(WEIR_SUPERVISOR=$w_dir/ "$@" sh "$0" keep "$w_root" "$w_token" </dev/null 2>>"$w_dir/trouble" &)
  [ "$w_ready" = ready ] || [ -e "$w_dir/claim" ] || refuse internal 'the supervisor did not start'
}

# What runs whose supervisor was killed have left behind must not meet what comes next.
end_lost() {
  w_target=$w_dir
  for w_dir in "$w_home"/runs/*; do
    [ -e "$w_dir/claim" ] && [ ! -e "$w_home/receipts/\${w_dir##*/}" ] || continue
    if ! is_kept && has_live; then signal_all KILL; fi
  done
  w_dir=$w_target
}

# The newest receipts are enough: older commands are fenced off by their generation.
prune() {
  w_count=0
  for w_name in $(ls -1t "$w_home/runs"); do
    w_count=$((w_count + 1))
    if [ $w_count -gt 50 ] && [ -e "$w_home/receipts/$w_name" ]; then
      rm -rf "$w_home/runs/$w_name" "$w_home/receipts/$w_name"
    fi
  done
}

# One run as lines; nothing for one that has not begun. A run of another instance is lost, receipt or not.
show() {
  [ -e "$w_dir/claim" ] || return 0
  load m <"$w_dir/meta"
  w_main= w_main_began= w_leads= w_started=
  read -r w_main w_main_began w_leads w_started 2>/dev/null <"$w_dir/child"
  w_shown=$w_home/receipts/\${w_dir##*/}
  printf 'run %s\\ndigest %s\\nlabel %s\\n' "\${w_dir##*/}" "$m_digest" "$m_label"
  [ -z "$w_main" ] || printf 'pid %s\\nstartedAt %s\\n' "$w_main" "$w_started"
  if [ "$m_instance" != "$w_instance" ]; then
    echo 'state lost'
  elif [ -e "$w_shown" ]; then
    grep -v '^instance ' "$w_shown"
  elif is_kept; then
    echo 'state running'
  elif [ -e "$w_shown" ]; then
    grep -v '^instance ' "$w_shown"
  else
    echo 'state lost'
  fi
  echo end
}

do_status() {
  echo 'answer done'
  for w_dir in "$w_home"/runs/*; do
    if [ -d "$w_dir" ]; then show; fi
  done
}

# TERM, and after the grace KILL; done when nothing of it runs.
do_end() {
  check_token
  lock
  fence
  if [ -d "$w_dir" ] && [ ! -e "$w_dir/claim" ]; then rm -rf "$w_dir"; fi
  unlock
  if [ -d "$w_dir" ]; then
    load m <"$w_dir/meta"
    if [ "$m_instance" = "$w_instance" ]; then end_run; fi
  fi
  echo 'answer done'
}

end_run() {
  if has_live; then
    keep_line "$w_grace" "$w_dir/ending"
    if [ "$w_grace" -gt 0 ]; then
      signal_all TERM
      wait_ended "$w_grace" || signal_all KILL
    else
      signal_all KILL
    fi
    wait_ended 5000 || refuse timeout 'something of it runs even after KILL'
  fi
  w_waited=0
  while is_kept; do
    [ $w_waited -lt 150 ] || refuse timeout 'its supervisor has not ended'
    sleep 0.02
    w_waited=$((w_waited + 1))
  done
}

# Says nothing and ends when the run has ended, with a code of its own, so that this end can be told from others. Opened
# for both first, because opening for reading alone waits for a writer that may never come. Without a pipe it says that
# there is no waiting here.
do_await() {
  check_token
  if [ -p "$w_dir/.alive" ]; then
    exec 9<>"$w_dir/.alive" 8<"$w_dir/.alive" 9>&-
    read -r w_any <&8
  elif is_kept; then
    exit 0
  fi
  exit $w_run_ended
}

# First a line with the exit code; then standard output, and standard error on its own stream.
do_output() {
  check_token
  [ -d "$w_dir" ] || refuse missing "there is no run $w_token here"
  w_code=
  if [ -e "$w_home/receipts/$w_token" ]; then w_code=$(grep '^exitCode ' "$w_home/receipts/$w_token"); fi
  printf 'answer done\\n%s\\n' "\${w_code:-exitCode -}"
  print_log out
  print_log err >&2
}

# Oldest first; cut in the middle beyond the limit.
print_log() { # NAME
  w_size=$(all_log "$1" | wc -c)
  if [ "$w_size" -le "$w_limit" ]; then
    all_log "$1"
    return
  fi
  all_log "$1" | head -c $((w_limit / 2))
  printf '\\n... %s bytes left out ...\\n' $((w_size - w_limit / 2 * 2))
  all_log "$1" | tail -c $((w_limit / 2))
}

all_log() { # NAME
  for w_file in $(cd "$w_dir" && ls -1 | grep "^$1\\.[0-9]*\\$" | sort -t . -k 2 -n -r); do cat "$w_dir/$w_file"; done
  if [ -f "$w_dir/$1" ]; then cat "$w_dir/$1"; fi
}

do_logs() {
  echo 'answer done'
  for w_name in $(ls -1tr "$w_home/runs"); do
    w_dir=$w_home/runs/$w_name
    load m 2>/dev/null <"$w_dir/meta"
    if [ "$m_mode" = service ]; then all_log out; fi
  done | tail -n "$w_lines"
}

# Nothing of what is copied is in a file before it is in place: whoever is killed here leaves no part of it behind.
do_copy() {
  w_payload=$(cat)
  lock
  normalise
  eval "$w_payload"
  unlock
  echo 'answer done'
}

# Forgets a run that has ended.
do_remove() {
  check_token
  lock
  if [ -d "$w_dir" ]; then
    if is_kept || has_live; then refuse conflict "the run $w_token has not ended"; fi
    rm -rf "$w_dir"
  fi
  rm -f "$w_home/receipts/$w_token"
  echo 'answer done'
}

case $w_verb in
keep) do_keep ;;
await) do_await ;;
start | status | end | output | logs | copy | remove)
  load w
  admit
  "do_$w_verb"
  ;;
*) refuse unsupported "there is no verb $w_verb" ;;
esac
`
