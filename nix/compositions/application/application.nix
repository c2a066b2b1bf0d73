# What makes an application Mastodon, PeerTube or Pixelfed.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    kind = mkOption {
      type = types.str;
      description = "Name of the application's program, such as `mastodon`.";
    };
    secrets = mkOption {
      type = types.attrsOf types.raw;
      description = "Generators of the secrets that the application needs for its whole life, by name.";
    };
    extensions = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "PostgreSQL extensions that the database needs before the first start.";
    };
    buckets = mkOption {
      type = types.attrsOf (
        types.submodule {
          options.host = mkOption {
            type = types.nullOr types.str;
            description = "Host name under which everybody can read the objects. Null means that only the application can.";
          };
        }
      );
      description = "Buckets by purpose.";
    };
    corsOrigins = mkOption {
      type = types.nonEmptyListOf types.str;
      description = "Origins of the pages that may read the objects.";
    };
    bucketOwner = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the application's key may change the settings of its buckets.";
    };
    user = mkOption {
      type = types.raw;
      description = "The service's user: `name`, `uid` and `gid`.";
    };
    files = mkOption {
      type = types.functionTo types.raw;
      description = "The files with secrets on the machine, by file name.";
    };
    nixos = mkOption {
      type = types.functionTo types.deferredModule;
      description = "The NixOS module, a function of `nixosInputs`.";
    };
  };
}
