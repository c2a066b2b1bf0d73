# Fulfils the contract `bucket` on Garage: a bucket, a key that Garage generates, and the permissions of the key.
{ lib, contracts }:
{ garage, secrets }:
{ config, members, ... }:
let
  inherit (lib) mkOption types;
  inherit (config) request settings;
in
{
  _class = "nixops4Component";

  options = contracts.bucket.mkProvider {
    resultCfg = {
      inherit (members.bucket.outputs)
        endpoint
        region
        usePathStyle
        bucketName
        websiteHost
        ;
      # The grant is ready, so that the key has its permissions.
      accessKeyId = lib.seq members.grant.outputs.bucketId members.key.outputs.accessKeyId;
      secretKeyPath = members.secretKey.outputs.path;
    };
    settings = mkOption {
      description = "The secret of the access key.";
      default = { };
      type = types.submodule {
        options = {
          store = mkOption {
            type = types.raw;
            default = members.secretKey.inputs.connection.store;
            defaultText = lib.literalMD "`connection.store` of the provider `secrets`";
            description = "Store for the secret of the key that Garage generates, as in `inputs.store` of the type `key`.";
          };
          secretName = mkOption {
            type = types.nonEmptyStr;
            default = "${request.name}/s3";
            defaultText = lib.literalMD "`request.name` and `/s3`";
            description = "Name of the secret in the store.";
          };
          path = mkOption {
            type = types.str;
            default = "/run/nixops4-secrets/${settings.secretName}";
            defaultText = lib.literalMD "`/run/nixops4-secrets/` and `secretName`";
            description = "Path of the file on the host.";
          };
        };
      };
    };
  };

  config.members = {
    bucket = {
      type = garage.bucket;
      inputs = {
        inherit (request) name;
        website = if request.website then { } else "off";
        # Null, which manages no rules, also works with a Garage before 2.3.
        corsRules = if request.cors == [ ] then null else request.cors;
      };
    };
    key = {
      type = garage.key;
      inputs = {
        inherit (request) name;
        inherit (settings) store secretName;
      };
    };
    grant = {
      type = garage.grant;
      inputs = {
        bucket = members.bucket.outputs.bucketName;
        keys = [
          {
            inherit (members.key.outputs) accessKeyId;
            read = true;
            write = true;
            owner = request.ownerAccess;
          }
        ];
      };
    };
    secretKey = import ./secret-file.nix {
      inherit secrets;
      request = request.secretKey;
      inputs = {
        inherit (settings) path;
        source = members.key.outputs.secretAccessKey;
      };
    };
  };
}
