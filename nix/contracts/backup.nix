# A backup of folders. Equal to SelfHostBlocks' contract:
#   https://github.com/ibizaman/selfhostblocks/blob/main/modules/contracts/backup.nix
{ lib }:
let
  inherit (lib) mkOption types;
  inherit (import ./contract.nix { inherit lib; }) contract record;

  hooks = {
    beforeBackup = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Commands to run before the backup.";
    };
    afterBackup = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Commands to run after the backup.";
    };
  };
  ofHooks = name: _: hooks ? ${lib.removeSuffix "Text" name};

  request = record "Folders to back up." {
    user = mkOption {
      type = types.str;
      default = "";
      example = "vaultwarden";
      description = "User who runs the backup, and who can read the folders.";
    };
    sourceDirectories = mkOption {
      type = types.nonEmptyListOf types.str;
      default = [ "/var/lib/example" ];
      example = [ "/var/lib/vaultwarden" ];
      description = "Folders to back up.";
    };
    excludePatterns = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Patterns of files that are not backed up.";
    };
    hooks = record "Commands around the backup." hooks;
  };
in
contract {
  # SelfHostBlocks' function takes the hooks beside the other arguments.
  request =
    arguments:
    request (
      lib.filterAttrs (name: value: !ofHooks name value) arguments
      // {
        hooks = lib.filterAttrs ofHooks arguments;
      }
    );
  result = import ./backup-result.nix { inherit lib; };
}
