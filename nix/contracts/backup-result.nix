# The result of the contracts `backup` and `databasebackup`, which is the same in SelfHostBlocks.
{ lib }:
let
  inherit (lib) mkOption types;
in
(import ./contract.nix { inherit lib; }).record "Programs of the backup on the host." {
  restoreScript = mkOption {
    type = types.str;
    default = "restore";
    description = "Name of the script that restores. Its argument `snapshots` lists all snapshots; `restore SNAPSHOT` restores one.";
  };
  backupService = mkOption {
    type = types.str;
    default = "backup.service";
    description = "systemd unit that takes a backup when it is started.";
  };
}
