{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    user = mkOption {
      type = types.str;
      default = "root";
      description = "User to log in as, who may write files of root.";
    };
    port = mkOption {
      type = types.port;
      default = 22;
      description = "TCP port of the SSH server on new machines.";
    };
    identity = mkOption {
      type = types.raw;
      description = "Private key for the login, as a reference such as `{ file = \"/run/secrets/deploy\"; }`.";
    };
    publicKey = mkOption {
      type = types.str;
      description = "Public key of the login, which new machines accept.";
    };
    secretsFolder = mkOption {
      type = types.strMatching "/.*[^/]";
      default = "/var/lib/fediverse-secrets";
      description = ''
        Folder for secrets on the machines, which belongs to root and survives a restart. Each application has a folder in
        it.
      '';
    };
    registry = mkOption {
      type = types.nullOr (types.strMatching "/.*[^/]");
      default = null;
      description = "Folder for the marks of those files. Null means the default of the provider secrets.";
    };
  };
}
