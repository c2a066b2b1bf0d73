# Fulfils the contract `secret`: generates the secret, stores it, and writes it to a file on the host.
{ lib, contracts }:
{ secrets }:
{ config, members, ... }:
let
  inherit (lib) mkOption types;
  inherit (config) request settings;
in
{
  _class = "nixops4Component";

  options = contracts.secret.mkProvider {
    # An output, so that a user of the path waits for the file.
    resultCfg = {
      inherit (members.file.outputs) path;
      pathText = "`settings.path`";
    };
    settings = mkOption {
      description = "The secret and its file.";
      type = types.submodule {
        options = {
          name = mkOption {
            type = types.nonEmptyStr;
            example = "forum/admin-password";
            description = "Name of the secret in its store.";
          };
          generator = mkOption {
            type = types.raw;
            default.password = { };
            example.hex.sizeBytes = 32;
            description = "Generator of the value, as in `inputs.generator` of the type `secret`.";
          };
          path = mkOption {
            type = types.str;
            default = "/run/nixops4-secrets/${settings.name}";
            defaultText = lib.literalMD "`/run/nixops4-secrets/` and `name`";
            description = "Path of the file on the host.";
          };
        };
      };
    };
  };

  config.members = {
    secret = {
      type = secrets.secret;
      inputs = { inherit (settings) name generator; };
    };
    file = import ./secret-file.nix {
      inherit secrets request;
      inputs = {
        inherit (settings) path;
        source = members.secret.outputs.ref;
      };
    };
  };
}
