# The phases of nixpkgs that nix/packages.nix needs, each with what its hooks do.
# Sources: https://nixos.org/manual/nixpkgs/stable/#sec-stdenv-phases, #javascript-pnpm and #fun-makeWrapper
set -eu

export HOME=$PWD/home CC=cc
mkdir home

runHook() { :; }

makeWrapper() {
  [ "$3" = --add-flags ]
  printf '#!/bin/sh\nexec %s %s "$@"\n' "$1" "$4" >"$2"
  chmod +x "$2"
}

cp -R "$src" source
chmod -R u+w source
cd source

filters=()
for workspace in $pnpmWorkspaces; do filters+=("--filter=$workspace"); done
export pnpm_config_pm_on_fail=ignore
pnpm install --offline --ignore-scripts --frozen-lockfile --store-dir "$pnpmStore" "${filters[@]}"

eval "$buildPhase"
eval "$installPhase"
