/**
 * The script that runs on the host. It needs only a POSIX shell and programs of POSIX, as in busybox.
 *
 * It reads requests from stdin: a verb, one setting per line, and for some verbs the bytes of the value. The answer is
 * lines on stdout. The last line is `done`, or `failed`, after which the shell exits. The value goes from stdin through
 * a pipe into `cmp` or a file. It is never in a variable, an argument or a here-document, which some shells store in a
 * file.
 */
export const hostScript = `
set -fu
umask 077
LC_ALL=C
PATH="\${PATH:+$PATH:}/run/current-system/sw/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export LC_ALL PATH
me=$(id -u)

say() { printf '%s\\n' "$*"; }
fail() { kind=$1; shift; discard; unlock; say "failed $kind $(printf %s "$*" | tr '\\n' ' ')"; exit 1; }
take() { for field; do IFS= read -r "$field" || fail cut; done; }
try() { kind=$1; shift; words=$("$@" 2>&1 >/dev/null) || fail "$kind" "$words"; }
# Before the answer, so that nothing is left when the caller reads it.
drafts=
discard() { [ -z "$drafts" ] || rm -f "$here/$draft" "$registry/.draft.$$"; }
flush() { sync "$1" 2>/dev/null || sync; }

# Locks the registry until unlock, or until this shell and its programs end. Content has arrived before. Without flock, a
# lock that nobody released for ten seconds belonged to a killed shell.
locked=
lock() {
  if command -v flock > /dev/null; then
    exec 9< . || fail write "$registry: cannot be locked"
    flock -n 9 2> /dev/null || { say waits; try write flock 9; }
    return
  fi
  waited=0
  until mkdir lock 2> /dev/null; do
    [ -w . ] || fail denied "$registry: Permission denied"
    waited=$((waited + 1))
    [ "$waited" -le 10 ] || { rmdir lock 2> /dev/null; waited=0; }
    sleep 1
  done
  locked=$(pwd -P)/lock
}
unlock() {
  [ -z "$locked" ] || rmdir "$locked" 2> /dev/null
  locked=
  exec 9<&-
}

# A folder without access must not be taken for an empty folder.
reach() {
  for folder; do
    if [ -d "$folder" ]; then
      [ -x "$folder" ] || fail denied "$folder: Permission denied"
    elif [ -e "$folder" ] || [ -L "$folder" ]; then
      fail folder "$folder"
    else
      return 0
    fi
  done
}

# Only root and we may be able to change these folders: others could redirect our file with a link.
trust() {
  for folder; do
    [ -d "$folder" ] || return 0
    set -- $(ls -ldn "$folder/.")
    case $1 in d????-??-* | d????????[tT]*) ;; *) fail open "$folder" ;; esac
    [ "$3" = 0 ] || [ "$3" = "$me" ] || fail open "$folder"
  done
}

# Creates the last of the folders with the given mask, and changes into it.
enter() {
  mask=$1; shift
  reach "$@"
  trust "$@"
  for folder; do :; done
  [ -d "$folder" ] || words=$(umask "$mask" && mkdir -p "$folder" 2>&1) || fail write "$words"
  cd -P "$folder" || fail denied "$folder: Permission denied"
  folder=$(pwd -P)
  while [ -n "$folder" ]; do trust "$folder"; folder=\${folder%/*}; done
}

# Removes drafts of killed shells. Drafts of running shells are in use; a zombie counts as killed.
sweep() {
  set +f
  for draft in "$1".*; do
    process=\${draft##*.}
    case $(cat "/proc/$process/stat" 2>/dev/null) in
      '') [ ! -e "$draft" ] || kill -0 "$process" 2>/dev/null || rm -f "$draft" ;;
      *') Z '*) rm -f "$draft" ;;
    esac
  done
  set -f
}

# What another request removes at this moment is missing, not an error.
markOf() {
  mark=
  [ ! -e "$1" ] || { IFS= read -r mark || :; } 2>/dev/null < "$1" || [ ! -e "$1" ] || fail denied "$1: Permission denied"
}

# Whether the entry, of which the registry is locked, has the expected mark. Empty stands for no mark.
isProven() {
  markOf "$entry"
  [ "$mark" = "$1" ] || { say changed; return 1; }
}

look() {
  take registry registryFolders entry folders name sweeping
  reach $folders
  reach $registryFolders
  trust $registryFolders
  path=\${folders##* }/$name
  if [ -n "$sweeping" ]; then
    sweep "\${folders##* }/.$name.nixops4"
    sweep "$registry/.draft"
  fi
  if [ -e "$registry/$entry" ]; then
    markOf "$registry/$entry"
    [ ! -e "$registry/$entry" ] || say "mark $mark"
    [ ! -e "$registry/restart/$entry" ] || say owed
  fi
  if [ ! -f "$path" ] || [ -L "$path" ]; then
    [ -e "$path" ] || [ -L "$path" ] || return 0
    fail kind "$path"
  fi
  names=$(ls -ld "$path" 2>/dev/null) && numbers=$(ls -ldn "$path" 2>/dev/null) || return 0
  say "names $names"
  say "numbers $numbers"
  [ ! -e "$registry/key" ] || say "key $(cat "$registry/key")"
}

compare() {
  take path size
  [ -r "$path" ] || [ ! -e "$path" ] || fail denied "$path: Permission denied"
  dd ibs=1 obs=65536 count="$size" 2>/dev/null | { cmp -s - "$path"; code=$?; cat > /dev/null; exit "$code"; }
  case $? in
    0) say same ;;
    1) say different ;;
    *) [ ! -e "$path" ] || fail tool "cmp cannot compare $path"; say different ;;
  esac
}

# Creates the registry, and in it the key of the fingerprints, which only readers of the registry get.
register() {
  enter 077 $registryFolders
  [ -d restart ] || try write mkdir -p restart
  [ ! -e key ] || return 0
  od -An -N16 -tx1 /dev/urandom | tr -d ' \\n' > ".draft.$$" || fail write "$registry: no key"
  ln ".draft.$$" key 2>/dev/null
  try write rm -f ".draft.$$"
}

write() {
  take registry registryFolders entry folders name guard new mode owner group units size
  [ -z "$units" ] || command -v systemctl > /dev/null || fail systemd
  enter 066 $folders
  here=$(pwd -P)
  draft=.$name.nixops4.$$
  drafts=yes
  trap discard EXIT
  trap 'exit 1' HUP INT PIPE TERM
  try write receive
  [ "$(wc -c < "$draft")" -eq "$size" ] || fail cut
  try owner chown "$owner:$group" "$draft"
  try write chmod "$mode" "$draft"
  flush "$draft"

  register
  lock
  if [ -n "$new" ]; then
    if [ -e "$here/$name" ] || [ -L "$here/$name" ]; then discard; say taken; return; fi
    say "$guard" > ".draft.$$" || fail write "$registry: cannot write"
    flush ".draft.$$"
    if ! words=$(ln ".draft.$$" "$entry" 2>&1); then
      [ -e "$entry" ] || fail write "$words"
      discard
      say taken
      return
    fi
    try write rm -f ".draft.$$"
  else
    isProven "$guard" || { discard; return; }
  fi
  [ -z "$units" ] || echo > "restart/$entry" || fail write "$registry: cannot write"
  flush .
  [ ! -d "$here/$name" ] || fail kind "$here/$name"
  try write mv -f "$here/$draft" "$here/$name"
  trap - EXIT
  flush "$here"
  unlock
  again
}

receive() { set -C; dd ibs=1 obs=65536 count="$size" > "$draft"; }

# Restarts units that run with the old content or have failed. A stopped unit reads the new content when it starts.
again() {
  for unit in $units; do
    case $(systemctl is-active -- "$unit" 2>/dev/null) in
      active | activating | reloading | failed) try restart systemctl restart -- "$unit" ;;
    esac
  done
  [ ! -e "restart/$entry" ] || try write rm -f "restart/$entry"
}

restart() {
  take registry registryFolders entry guard units
  [ -z "$units" ] || command -v systemctl > /dev/null || fail systemd
  enter 077 $registryFolders
  lock
  isProven "$guard" || return 0
  unlock
  again
}

mark() {
  take registry registryFolders entry folders name text guard
  register
  lock
  isProven "$guard" || return 0
  if [ -z "$guard" ] && [ ! -e "\${folders##* }/$name" ]; then say changed; return; fi
  if [ -n "$text" ]; then
    trap 'rm -f ".draft.$$"' EXIT
    say "$text" > ".draft.$$" || fail write "$registry: cannot write"
    flush ".draft.$$"
    try write mv -f ".draft.$$" "$entry"
    trap - EXIT
  else
    try write rm -f "restart/$entry" "$entry"
  fi
  flush .
}

remove() {
  take registry registryFolders entry folders name guard
  reach $folders
  trust $folders
  enter 077 $registryFolders
  lock
  if [ ! -e "$entry" ] && [ ! -e "\${folders##* }/$name" ]; then return; fi
  isProven "$guard" || return 0
  try write rm -f "\${folders##* }/$name"
  try write rm -f "restart/$entry" "$entry"
  flush .
}

list() {
  take registry registryFolders
  reach $registryFolders
  trust $registryFolders
  [ -d "$registry" ] || return 0
  [ -r "$registry" ] || fail denied "$registry: Permission denied"
  set +f
  for file in "$registry"/:*; do
    [ ! -e "$file" ] || { markOf "$file"; say "entry \${file##*/} $mark"; }
  done
}

while IFS= read -r verb; do
  ( "$verb" && unlock ) || exit 0
  say done
done
`;
