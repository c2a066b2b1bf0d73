# The member that deploys NixOS to a machine of a composition, with nixops4-nixos. That project offers its module as a flake
# only, so this file passes the arguments that the flake would pass:
#   hostProfile.nixos = resources.nixosMember { inherit (sources) nixpkgs nixops4-nixos; modules = [ ./machine.nix ]; };
{
  lib,
  pkgsFor,
  # The module of NixOps4's provider for local programs, which runs ssh.
  localProvider,
}:
{
  nixpkgs,
  nixops4-nixos,
  # NixOS modules of every machine.
  modules,
}:
let
  module = import (nixops4-nixos + "/modules/nixops4Resource/nixos.nix") {
    self.modules.nixos.apply = nixops4-nixos + "/modules/nixos/apply/nixos-apply.nix";
    withSystem = system: use: use { pkgs = pkgsFor system; };
  };
  # As the attribute `lib` of nixpkgs' flake has it.
  nixosSystem = arguments: import (nixpkgs + "/nixos/lib/eval-config.nix") ({ system = null; } // arguments);
in
{
  nixosModule,
  host,
  port,
  user,
  hostKeys,
  ...
}:
{ providers, ... }:
{
  imports = [ module ];
  providers.local = localProvider;
  type = providers.local.exec;
  nixpkgs.lib = { inherit nixosSystem; };
  nixos.module.imports = modules ++ [ nixosModule ];
  ssh = {
    inherit host user;
    opts = "-p ${toString port}";
    # nixops4-nixos writes a line `host key` for one key; a machine has one for each algorithm.
    hostPublicKey = lib.concatStringsSep "\n${host} " hostKeys;
  };
}
