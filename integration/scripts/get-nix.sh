#!/usr/bin/env bash
# Unpacks Nix from Debian's archive into a folder and changes nothing else on the machine; needs no root.
#   get-nix.sh [FOLDER]
# Without FOLDER it goes to the cache of the driver, the demo and the tests (integration/nix/find-nix.ts).
# The archive is apt's, or $DEBIAN_MIRROR.
set -euo pipefail

# Debian 13 has Nix 2.26. Evaluation needs 2.8, which Debian 12 has, but Debian 12's cannot build when unpacked like this.
suite=trixie
folder=$(realpath -m "${1:-${XDG_CACHE_HOME:-$HOME/.cache}/nixops4-resources/nix}")

fail() {
  echo "Unable to get Nix: $1." >&2
  exit 1
}

report() {
  echo "$("$folder/bin/nix-instantiate" --version) in $folder"
}

is_there() {
  [ -x "$folder/bin/nix-instantiate" ]
}

is_there && report && exit
for program in apt-get dpkg dpkg-deb flock; do
  command -v "$program" >/dev/null || fail "there is no $program here; install Nix from https://nixos.org/download"
done
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m1 '/debian/\?$' || true)}
[ -n "$mirror" ] || fail "apt has no Debian archive here; set DEBIAN_MIRROR"

# Several test processes may need it; the first one unpacks it for all.
mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
is_there && report && exit

# Unpacked beside its final place and moved when it works, so that it is never incomplete.
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT

download() {
  local apt=$work/apt
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,etc/{apt.conf.d,preferences.d,sources.list.d}}
  : >"$apt/status"
  cat >"$apt/etc/sources.list.d/debian.sources" <<END
Types: deb
URIs: $mirror
Suites: $suite
Components: main
Architectures: $(dpkg --print-architecture)
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
  cat >"$apt/apt.conf" <<END
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc "$apt/etc";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/etc/sources.list.d";
Dir::Etc::parts "$apt/etc/apt.conf.d";
Dir::Etc::preferencesparts "$apt/etc/preferences.d";
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Update::Error-Mode "any";
END
  APT_CONFIG=$apt/apt.conf apt-get -qq update >&2 || fail "the archive $mirror cannot be read"
  APT_CONFIG=$apt/apt.conf apt-get -qq -y --download-only install nix-bin >/dev/null
}

unpack() {
  mkdir "$work/tree"
  local package
  for package in "$work"/apt/cache/archives/*.deb; do
    case ${package##*/} in
    # Dependencies of the packages that Nix the program does not use.
    perl* | libperl* | libdb* | git* | debconf* | openssh* | dpkg* | tar_* | gcc-*-base*) ;;
    *) dpkg-deb -x "$package" "$work/tree" ;;
    esac
  done
  rm -rf "$work/apt"
}

# Programs that start with the unpacked loader and libraries, not the machine's. The store is beside them, not in
# /nix/store, so store paths differ from other machines', and no binary cache can be used.
wrap() {
  local loader program
  loader=$(cd "$work" && echo tree/usr/lib/*-linux-gnu/ld-linux*.so.*)
  mkdir "$work/bin" "$work/etc"
  for program in nix nix-build nix-hash nix-instantiate nix-prefetch-url nix-shell nix-store; do
    cat >"$work/bin/$program" <<END
#!/bin/sh
root=\$(cd "\${0%/*}/.." && pwd)
export NIX_STORE_DIR="\${NIX_STORE_DIR:-\$root/var/store}" NIX_STATE_DIR="\${NIX_STATE_DIR:-\$root/var/state}"
export NIX_LOG_DIR="\${NIX_LOG_DIR:-\$root/var/log}" NIX_CONF_DIR="\${NIX_CONF_DIR:-\$root/etc}"
# Nix would start the loader as its helper for builds.
export NIX_CONFIG="build-hook = \$root/bin/nix __build-remote
\${NIX_CONFIG:-}"
exec "\$root/$loader" --argv0 $program --library-path "\$root/${loader%/*}" "\$root/tree/usr/bin/nix" "\$@"
END
    chmod +x "$work/bin/$program"
  done
  cat >"$work/etc/nix.conf" <<END
sandbox = false
build-users-group =
substituters =
experimental-features = nix-command
END
}

download
unpack
wrap
"$work/bin/nix-instantiate" --version >/dev/null
chmod 755 "$work"
mv -T "$work" "$folder"
report
