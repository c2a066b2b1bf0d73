# A file with a secret. Equal to SelfHostBlocks' contract:
#   https://github.com/ibizaman/selfhostblocks/blob/main/modules/contracts/secret.nix
{ lib }:
let
  inherit (lib) mkOption types;
  inherit (import ./contract.nix { inherit lib; }) contract record;
in
contract {
  request = record "Requirements on the file with the secret." {
    mode = mkOption {
      type = types.str;
      default = "0400";
      description = "Permission bits of the file, in octal.";
    };
    owner = mkOption {
      type = types.str;
      default = "root";
      description = "User who owns the file.";
    };
    group = mkOption {
      type = types.str;
      default = "root";
      description = "Group of the file.";
    };
    restartUnits = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "systemd units to restart after the secret has changed.";
    };
  };
  result = record "Location of the secret." {
    path = mkOption {
      type = types.path;
      default = "/run/secrets/secret";
      description = "Path of the file on the host. It exists after a deployment, and is never in the Nix store.";
    };
  };
}
