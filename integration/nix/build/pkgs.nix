# Stands in for nixpkgs, which is too large for a test: what nix/packages.nix uses of it. Its phases run in a build of Nix, with
# the programs of this machine.
{
  lib,
  # A folder that contains bin/node.
  nodejs,
  # pnpm's store, with the packages of the lockfile.
  pnpmStore,
  path,
}:
let
  mkDerivation =
    attributesOf:
    let
      attributes = attributesOf attributes;
      environment = attributes.env or { };
    in
    derivation (
      environment
      // {
        inherit (attributes) src buildPhase installPhase pnpmWorkspaces;
        name = "${attributes.pname}-${attributes.version}";
        system = builtins.currentSystem;
        builder = "/bin/bash";
        args = [ ./phases.sh ];
        inherit pnpmStore;
        PATH = "${nodejs}/bin:${path}";
      }
    );
in
{
  inherit lib;
  nodejs_24 = {
    type = "derivation";
    name = "nodejs";
    outPath = nodejs;
    meta.mainProgram = "node";
  };
  # It is in `path`.
  pnpm_11 = "pnpm";
  pnpmConfigHook = "pnpm-config-hook";
  makeWrapper = "make-wrapper";
  fetchPnpmDeps = _: pnpmStore;
  glibc.static = "glibc-static";
  stdenv = {
    inherit mkDerivation;
    hostPlatform.isLinux = true;
  };
}
