/**
 * The supervisor's ground: what every verb of the script stands on. All variables begin with `w_`, because a variable
 * that the shell has imported stays exported, and a run must see its machine's own.
 */
export const SCRIPT_COMMON = `#!/bin/sh
# Weir's supervisor: work on a machine that outlives whoever asked for it, and leaves a receipt.
# usage: sh supervise.sh VERB ROOT [TOKEN]; the request is on standard input: 'key value' lines, then 'payload' and
# sh text. Nothing secret is ever on a command line. Answers are 'key value' lines.
# ROOT/supervisor holds secret, environment, fence, runs/TOKEN/{meta,claim,child,out,err}, receipts/TOKEN.
set -u
umask 077
w_verb=$1 w_root=$2 w_token=\${3-}
w_home=$w_root/supervisor
w_dir=$w_home/runs/$w_token
w_locked=

refuse() { # CAUSE MESSAGE
  printf 'answer refused\\ncause %s\\nmessage %s\\n' "$1" "$2"
  exit 0
}

# Sets PREFIX_key for each known line, up to 'payload'.
load() { # PREFIX
  for w_key in secret digest mode generation label instance timeout directory install limit keep pace grace lines; do
    eval "$1_$w_key="
  done
  eval "$1_writable="
  while IFS=' ' read -r w_key w_value; do
    case $w_key in
    payload) return ;;
    writable) eval "$1_writable=\\"\\$$1_writable\\$w_value\${w_newline}\\"" ;;
    secret | digest | mode | generation | label | instance | timeout | directory | install | limit | keep | pace | grace | lines)
      eval "$1_$w_key=\\$w_value" ;;
    esac
  done
}
w_newline='
'

# Only who knows the machine's secret may command it.
admit() {
  w_known=
  read -r w_known 2>/dev/null <"$w_home/secret" || [ -n "$w_known" ] || refuse denied 'this machine has no secret yet'
  [ "$w_secret" = "$w_known" ] || refuse denied 'the secret is not that of this machine'
}

check_token() {
  case $w_token in
  '' | .* | *[!A-Za-z0-9._-]*) refuse invalid 'a token is made of letters, digits, dots, dashes and underscores' ;;
  esac
}

# Milliseconds since the epoch in w_now; whole seconds where date knows no better.
now() {
  w_now=$(date +%s%3N)
  case $w_now in *[!0-9]*) w_now=$(date +%s)000 ;; esac
}

# Seconds of a number of milliseconds in w_seconds.
seconds() { # MILLISECONDS
  w_seconds=00$(($1 % 1000))
  while [ \${#w_seconds} -gt 3 ]; do w_seconds=\${w_seconds#?}; done
  w_seconds=$(($1 / 1000)).$w_seconds
}

# Start time of a process, in clock ticks since boot, in w_began. False when it is gone or a zombie.
began_of() { # PID
  w_began=
  read -r w_stat 2>/dev/null <"/proc/$1/stat" || return 1
  w_stat=\${w_stat##*\\) }
  set -- $w_stat
  w_began=\${20}
  w_group=$3
  [ "$1" != Z ] && [ "$1" != X ]
}

is_alive() { # PID BEGAN
  began_of "$1" && [ "$w_began" = "$2" ]
}

# One command at a time. A hard link is made with its content, so a holder that was killed is known by its lock.
lock() {
  began_of $$
  w_mine=$w_home/.lock.$$
  printf '%s %s\\n' $$ "$w_began" >"$w_mine" || refuse internal 'cannot write here'
  w_tries=0
  until ln "$w_mine" "$w_home/lock" 2>/dev/null; do
    w_tries=$((w_tries + 1))
    if [ $w_tries -gt 500 ]; then
      rm -f "$w_mine"
      refuse timeout 'another command has held this machine for too long'
    fi
    if read -r w_pid w_since 2>/dev/null <"$w_home/lock" && ! is_alive "$w_pid" "$w_since"; then
      break_lock "$w_pid $w_since"
    else
      sleep 0.02
    fi
  done
  rm -f "$w_mine"
  w_locked=yes
  trap unlock EXIT
}

# Takes a dead holder's lock away, and gives it back when it was another's by then.
break_lock() { # HOLDER
  mv "$w_home/lock" "$w_home/.broken.$$" 2>/dev/null || return 0
  read -r w_broken 2>/dev/null <"$w_home/.broken.$$"
  [ "$w_broken" = "$1" ] || ln "$w_home/.broken.$$" "$w_home/lock" 2>/dev/null
  rm -f "$w_home/.broken.$$"
}

unlock() {
  [ -z "$w_locked" ] || rm -f "$w_home/lock"
  w_locked=
}

# Commands older than one already seen are refused; under the lock.
fence() {
  w_seen=0
  read -r w_seen 2>/dev/null <"$w_home/fence"
  [ "\${w_generation:-0}" -ge 1 ] || return 0
  [ "$w_generation" -ge "$w_seen" ] || refuse stale "generation $w_generation is older than $w_seen, already seen here"
  [ "$w_generation" = "$w_seen" ] || keep_line "$w_generation" "$w_home/fence"
}

# Writes one line atomically.
keep_line() { # TEXT FILE
  printf '%s\\n' "$1" >"$2.$$" && mv -f "$2.$$" "$2"
}

# Whether the supervisor of w_dir is at work: by process id, start time and mark.
is_kept() {
  read -r w_pid w_since 2>/dev/null <"$w_dir/claim" || return 1
  is_alive "$w_pid" "$w_since" && grep -q -z -F -e "\${w_dir##*/}" "/proc/$w_pid/cmdline" 2>/dev/null
}

# Process ids of all that carry the mark of w_dir, wherever they have gone.
marked() {
  for w_file in $(grep -l -z -F -e "WEIR_RUN=$w_dir/" /proc/[0-9]*/environ 2>/dev/null); do
    w_pid=\${w_file#/proc/}
    w_pid=\${w_pid%/environ}
    if began_of "$w_pid"; then printf '%s ' "$w_pid"; fi
  done
}

# Whether anything but zombies is in a process group.
has_members() { # GROUP
  kill -0 "-$1" 2>/dev/null || return 1
  for w_file in /proc/[0-9]*/stat; do
    w_pid=\${w_file#/proc/}
    if began_of "\${w_pid%/stat}" && [ "$w_group" = "$1" ]; then return 0; fi
  done
  return 1
}

# Whether anything of w_dir still runs, its supervisor not counted.
has_live() {
  w_main=0 w_main_began=0 w_leads=0
  read -r w_main w_main_began w_leads w_rest 2>/dev/null <"$w_dir/child"
  if [ "$w_main" -gt 0 ] && is_alive "$w_main" "$w_main_began"; then return 0; fi
  if [ "$w_leads" -gt 0 ] && has_members "$w_leads"; then return 0; fi
  [ -n "$(marked)" ]
}

# To the process group, and to whoever has left it.
signal_all() { # SIGNAL
  w_main=0 w_main_began=0 w_leads=0
  read -r w_main w_main_began w_leads w_rest 2>/dev/null <"$w_dir/child"
  if [ "$w_leads" -gt 0 ]; then kill "-$1" "-$w_leads" 2>/dev/null; fi
  if [ "$w_main" -gt 0 ] && is_alive "$w_main" "$w_main_began"; then kill "-$1" "$w_main" 2>/dev/null; fi
  for w_one in $(marked); do
    if began_of "$w_one" && [ "$w_group" != "$w_leads" ]; then kill "-$1" "$w_one" 2>/dev/null; fi
  done
}

# False when something is still alive after so many milliseconds.
wait_ended() { # MILLISECONDS
  w_waited=0 w_nap=20
  while has_live; do
    [ $w_waited -lt "$1" ] || return 1
    seconds $w_nap
    sleep $w_seconds
    w_waited=$((w_waited + w_nap))
    [ $w_nap -ge 160 ] || w_nap=$((w_nap * 2))
  done
}
`
