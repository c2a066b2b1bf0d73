# The providers' executables: { <provider> = derivation with bin/nixops4-resources-<provider>; }
#
# It follows nixpkgs' manual ("JavaScript", "pnpm"). Its phases were run in builds of Nix (integration/nix/build), with the
# programs of the machine in place of nixpkgs, which it never was built with. The first build fails at `pnpmDeps` and
# prints the hash to set there; the hash changes with pnpm-lock.yaml.
# Until then, set `executable` to a provider built with `npm run build` (flake-free-npins/README.md).
{ pkgs }:
let
  inherit (pkgs) lib;
  nodejs = pkgs.nodejs_24;
  pnpm = pkgs.pnpm_11;
  names = builtins.attrNames (
    lib.filterAttrs (_: kind: kind == "directory") (builtins.readDir ./providers)
  );

  # A state provider has no worker, and launchers need Linux (docs/adr/022-worker.md).
  hasLauncher = name: pkgs.stdenv.hostPlatform.isLinux && name != "state";

  workspace = pkgs.stdenv.mkDerivation (finalAttrs: {
    pname = "nixops4-resources";
    inherit (lib.importJSON ../package.json) version;
    src = lib.cleanSourceWith {
      src = ../.;
      filter = path: _: !builtins.elem (baseNameOf path) [ ".git" "dist" "node_modules" ];
    };
    # The root package has the bundler, which runs integration/scripts. The rest of integration/ with its servers is not needed.
    pnpmWorkspaces = [
      "nixops4-resources"
      "./protocol/*"
      "./providers/*"
      "./providers/*/client"
      "./integration/scripts"
    ];
    pnpmDeps = pkgs.fetchPnpmDeps {
      inherit (finalAttrs) pname version src pnpmWorkspaces;
      inherit pnpm;
      # The version that nixpkgs requires for pnpm 11 since July 2026.
      fetcherVersion = 4;
      hash = lib.fakeHash;
    };
    # pnpm checks the release age online, which a build without network cannot do. It was checked when the lockfile was
    # written.
    env.pnpm_config_minimum_release_age = "0";
    nativeBuildInputs = [ nodejs pnpm pkgs.pnpmConfigHook pkgs.makeWrapper ];
    buildInputs = lib.optional pkgs.stdenv.hostPlatform.isLinux pkgs.glibc.static;
    # `npm run build` would download its own Node and pnpm.
    buildPhase = ''
      runHook preBuild
      node_modules/.bin/tsup
      runHook postBuild
    '';
    # The bundles are self-contained.
    installPhase = ''
      runHook preInstall
      for name in ${lib.escapeShellArgs names}; do
        mkdir -p $out/lib/$name
        cp providers/$name/dist/*.cjs $out/lib/$name/
      done
      mkdir -p $out/bin
      for name in ${lib.escapeShellArgs (lib.filter hasLauncher names)}; do
        $CC -O2 -static -Wall -Wextra -Werror \
          -DNODE="\"${lib.getExe nodejs}\"" -DMAIN="\"$out/lib/$name/main.cjs\"" \
          protocol/core/src/launcher/*.c -o $out/bin/nixops4-resources-$name
      done
      for name in ${lib.escapeShellArgs (lib.filter (name: !hasLauncher name) names)}; do
        makeWrapper ${lib.getExe nodejs} $out/bin/nixops4-resources-$name --add-flags $out/lib/$name/main.cjs
      done
      runHook postInstall
    '';
    meta = {
      description = "Resource providers for NixOps4";
      license = lib.licenses.mit;
    };
  });
in
lib.genAttrs names (_: workspace)
