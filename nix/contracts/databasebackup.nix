# A backup of the dump of a database. Equal to SelfHostBlocks' contract:
#   https://github.com/ibizaman/selfhostblocks/blob/main/modules/contracts/databasebackup.nix
{ lib }:
let
  inherit (lib) mkOption types;
  inherit (import ./contract.nix { inherit lib; }) contract record;
in
contract {
  request = record "Commands that dump and restore a database." {
    user = mkOption {
      type = types.str;
      default = "root";
      example = "postgres";
      description = "User who runs the commands.";
    };
    backupName = mkOption {
      type = types.str;
      default = "dump";
      example = "postgresql.sql";
      description = "Name of the dump in the backup.";
    };
    backupCmd = mkOption {
      type = types.str;
      default = "";
      description = "Shell command that writes a dump to stdout.";
    };
    restoreCmd = mkOption {
      type = types.str;
      default = "";
      description = "Shell command that reads a dump from stdin and restores it.";
    };
  };
  result = import ./backup-result.nix { inherit lib; };
}
