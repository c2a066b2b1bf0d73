# What one operator may use. The servers enforce it by the operator's own credentials; the same numbers are checked when the
# deployment is evaluated, so that a mistake is found before anything is sent.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  limit =
    what:
    mkOption {
      type = types.nullOr types.ints.unsigned;
      default = null;
      description = "Most ${what} of all applications together. Null means no limit.";
    };
in
{
  options = {
    zones = mkOption {
      type = types.nonEmptyListOf types.str;
      description = "DNS zones that contain the domains of the operator's applications.";
    };
    pool = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "Pool of the machines in Proxmox VE. Null means none.";
    };
    vmids = {
      first = mkOption {
        type = types.ints.between 100 999999999;
        default = 100000;
        description = "First id of the operator's machines in Proxmox VE.";
      };
      last = mkOption {
        type = types.ints.between 100 999999999;
        default = 999999;
        description = "Last id of the operator's machines in Proxmox VE.";
      };
    };
    quota = {
      machines = limit "machines";
      cores = limit "cores";
      memoryMib = limit "memory, in MiB,";
      diskGib = limit "disk space, in GiB,";
      mediaGb = limit "space for media, in GB (10^9 bytes),";
    };
    credentials =
      lib.mapAttrs
        (
          backend: login:
          mkOption {
            type = types.lazyAttrsOf types.raw;
            default = { };
            description = "Fields of `connection` of the provider ${backend} that are the operator's own: ${login}.";
          }
        )
        {
          postgres = "`user` and `password` of a role with CREATEDB and CREATEROLE";
          garage = "`token`";
          dns = "such as `rfc2136.tsig`, whose key may change the zones";
          lldap = "`username` and `password`";
          proxmox = "`token`, which has rights on the pool";
        };
    secretStore = mkOption {
      type = types.raw;
      example = lib.literalExpression ''{ directory = { folder = "/srv/secrets/alice"; identity.file = "/root/identity"; }; }'';
      description = "Store of the operator's secrets: `connection.store` of the provider secrets.";
    };
    state = mkOption {
      type = types.nullOr (
        types.submodule {
          options = {
            database = mkOption {
              type = types.str;
              description = "Database at the PostgreSQL server that belongs to the operator's login, for the state only.";
            };
            identity = mkOption {
              type = types.raw;
              description = "Key that encrypts the state, as a reference.";
            };
          };
        }
      );
      default = null;
      description = ''
        State of the deployment: what is unchanged since the last apply is not looked at again. Null keeps none, so that every
        apply compares every object with its declaration.
      '';
    };
    smtp = {
      user = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "User at the relay. Null means that it asks for none.";
      };
      password = mkOption {
        type = types.nullOr types.raw;
        default = null;
        description = "Password at the relay, as a reference. Null if it asks for none.";
      };
    };
  };
}
