# What this repository gives to Nix:
#   resources = import sources.nixops4-resources { inherit sources; };
# Nothing is fetched or built until it is used: a deployment that names its own executables never needs nixpkgs.
{
  # Pins with the names nixops4, nixpkgs-lib (or nixpkgs alone), and nixpkgs where something is to be built.
  sources ? import ../flake-free-npins/npins,
  lib ? import ((sources.nixpkgs-lib or sources.nixpkgs) + "/lib"),
  pkgsFor ?
    system:
    import sources.nixpkgs {
      inherit system;
      config = { };
      overlays = [ ];
    },
  # system -> { <provider> = derivation with bin/nixops4-resources-<provider>; }
  packagesFor ? system: import ./packages.nix { pkgs = pkgsFor system; },
}:
let
  providers = builtins.attrNames (
    lib.filterAttrs (_: kind: kind == "directory") (builtins.readDir ./providers)
  );
in
{
  # The NixOps4 library (`nixops4.lib.mkRoot`) and its own providers.
  nixops4 = import ./nixops4.nix {
    src = sources.nixops4;
    inherit lib pkgsFor;
  };

  # For `providers.<name>.imports`.
  modules.nixops4Provider = lib.genAttrs providers (
    name:
    lib.setDefaultModuleLocation (./providers + "/${name}") (
      import (./providers + "/${name}") {
        inherit lib;
        packageFor = system: (packagesFor system).${name};
      }
    )
  );

  # Members from the attribute set of NixOS-DNS, one per zone.
  recordsOfNixosDns = import ./nixos-dns.nix { inherit lib; };

  packages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] packagesFor;
}
