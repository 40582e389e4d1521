/**
 * What is done on hosts, as POSIX sh that needs only basic utilities and /proc. A machine is a claim, `slots/N`, which is its record and
 * appears complete by one hard link, and a directory, `machines/TOKEN`. Nothing secret is on a command line.
 */
export const HOST_SCRIPT = `
set -u
umask 077
verb=$1 root=$2
[ -n "$root" ] || root=$HOME/.weir
shift 2

say_no() { printf 'answer %s\\n%s\\n' "$1" "$2"; exit 0; }

# Numbers of the claims of a token, lowest first.
slots_of() { # TOKEN
  for s in "$root"/slots/*; do
    [ -f "$s" ] && read -r t <"$s" && [ "$t" = "$1" ] && echo "\${s##*/}"
  done | sort -n
}

keep() { # TEXT FILE
  printf '%s\\n' "$1" >"$2.$$" && mv -f "$2.$$" "$2"
}

# Processes that carry the mark of a machine, wherever they have gone.
marked() { # DIRECTORY
  for e in $(grep -l -z -F -e "WEIR_RUN=$1/" -e "WEIR_SUPERVISOR=$1/" /proc/[0-9]*/environ 2>/dev/null); do
    p=\${e#/proc/} p=\${p%/environ}
    read -r l 2>/dev/null <"/proc/$p/stat" || continue
    l=\${l##*\\) }
    case $l in Z* | X*) ;; *) echo "$p" ;; esac
  done
}

look() {
  boot=unknown
  read -r boot 2>/dev/null </proc/sys/kernel/random/boot_id
  printf 'answer done\\nroot %s\\nboot %s\\n' "$root" "$boot"
  for s in "$root"/slots/*; do
    [ -f "$s" ] || continue
    { read -r t && read -r r; } <"$s" || continue
    power= complete=no
    read -r power 2>/dev/null <"$root/machines/$t/power"
    [ ! -d "$root/machines/$t/supervisor/runs" ] || complete=yes
    printf 'slot %s\\nrecord %s\\npower %s\\ncomplete %s\\n' "\${s##*/}" "$r" "$power" "$complete"
  done
}

# Of two claims that were made at once, the lower one is it.
claim() { # TOKEN MOST GENERATION
  mkdir -p "$root/slots" "$root/machines" || say_no denied "$root cannot be written"
  IFS= read -r record
  environment=$(cat; echo .)
  made=found
  if [ -z "$(slots_of "$1")" ]; then
    printf '%s\\n%s\\n' "$1" "$record" >"$root/.new-$1.$$" || say_no denied "$root cannot be written"
    n=1
    until ln "$root/.new-$1.$$" "$root/slots/$n" 2>/dev/null; do
      n=$((n + 1))
      if [ $n -gt "$2" ]; then rm -f "$root/.new-$1.$$"; say_no full 'all that it may carry is claimed'; fi
    done
    rm -f "$root/.new-$1.$$"
    for s in $(slots_of "$1" | tail -n +2); do rm -f "$root/slots/$s"; done
    made=created
  fi
  d=$root/machines/$1
  mkdir -p "$d/run" "$d/install" "$d/supervisor/receipts" || say_no denied "$root cannot be written"
  if [ ! -d "$d/supervisor/runs" ]; then
    printf '%s' "\${environment%.}" >"$d/supervisor/environment" && mkdir "$d/supervisor/runs" 2>/dev/null
  fi
  [ -f "$d/power" ] || keep "off 0 - $3" "$d/power"
  printf 'answer %s\\n' $made
}

# A machine that was off is another one when it is on again.
power() { # TOKEN on|off GENERATION
  f=$root/machines/$1/power
  was=off boots=0 boot=-
  { read -r was boots boot rest; } 2>/dev/null <"$f" || say_no missing 'there is no such machine'
  now=unknown
  read -r now 2>/dev/null </proc/sys/kernel/random/boot_id
  if [ "$2" = on ] && { [ "$was" = off ] || [ "$boot" != "$now" ]; }; then boots=$((boots + 1)) boot=$now; fi
  keep "$2 $boots $boot $3" "$f" || say_no denied "$f cannot be written"
  echo 'answer done'
}

# By force; false when something still runs after five seconds.
kill_all() { # DIRECTORY
  n=0
  while left=$(marked "$1") && [ -n "$left" ]; do
    [ $n -lt 250 ] || return 1
    kill -9 $left 2>/dev/null
    sleep 0.02
    n=$((n + 1))
  done
}

quiet() { # TOKEN
  kill_all "$root/machines/$1" || say_no busy 'something still runs there although it was killed'
  echo 'answer done'
}

# The claim goes last: until then it is known whose it is.
release() { # TOKEN
  d=$root/machines/$1
  kill_all "$d" || say_no busy 'something still runs there although it was killed'
  chmod -R u+rwX "$d" 2>/dev/null
  rm -rf "$d" || say_no busy "$d cannot be removed"
  kill_all "$d" || say_no busy 'something still runs there although it was killed'
  for s in $(slots_of "$1"); do rm -f "$root/slots/$s"; done
  rm -f "$root/.new-$1".*
  echo 'answer done'
}

"$verb" "$@"
`
