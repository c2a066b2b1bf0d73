# The Nix entry point of this repository:
#   resources = import sources.nixops4-resources { inherit sources; };
# Nix fetches and builds only what is used: a deployment that sets its own executables never needs nixpkgs.
{
  # Pins named nixops4 and nixpkgs-lib (or only nixpkgs). Building also requires nixpkgs.
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
  providerModules = lib.genAttrs providers (
    name:
    lib.setDefaultModuleLocation (./providers + "/${name}") (
      import (./providers + "/${name}") {
        inherit lib;
        packageFor = system: (packagesFor system).${name};
      }
    )
  );
  providers = builtins.attrNames (
    lib.filterAttrs (_: kind: kind == "directory") (builtins.readDir ./providers)
  );
  nixops4 = import ./nixops4.nix {
    src = sources.nixops4;
    inherit lib pkgsFor;
  };
in
{
  # The library of NixOps4 (`nixops4.lib.mkRoot`), and NixOps4's own providers.
  inherit nixops4;

  # For `providers.<name>.imports`.
  modules.nixops4Provider = providerModules;

  # For `members.<operator>.imports`: whole applications.
  compositions = import ./compositions { inherit lib providerModules; };

  # For `hostProfile.nixos` of a composition: deploys NixOS by SSH.
  nixosMember = import ./nixos-member.nix {
    inherit lib pkgsFor;
    localProvider = nixops4.modules.nixops4Provider.local;
  };

  # For NixOS configurations.
  modules.nixos.proxmoxGuest = ./nixos/proxmox-guest.nix;

  # Converts the attribute set of NixOS-DNS to members, one per zone.
  recordsOfNixosDns = import ./nixos-dns.nix { inherit lib; };

  # Contracts in the form of SelfHostBlocks, and components that fulfil them: docs/contracts.md.
  contracts = import ./contracts { inherit lib; };

  packages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] packagesFor;
}
