# The buckets, and one key for all of them. A public bucket answers at a host name of its own.
{
  lib,
  config,
  members,
  providers,
  ...
}:
let
  inherit (config) application;
  state = config.deploymentState;
  size = config.sizes.${config.size};

  bucket = purpose: bucket: {
    type = providers.garage.bucket;
    inherit state;
    inputs = {
      name = config.names.bucket purpose;
      lifecycleRules = [
        {
          id = "incomplete-uploads";
          abortIncompleteMultipartUploadDays = 7;
        }
      ];
      maxSizeBytes = size.mediaGb * 1000 * 1000 * 1000;
      inherit (config) adopt deletion;
      confirmEmpty = config.deletion == "delete";
    }
    // (if bucket.host == null then private else public (live bucket.host));
  };
  # A host name below the domain, which a bucket gets once the database accepts the domain.
  live =
    host:
    if lib.hasSuffix ".${config.domain}" host then
      lib.removeSuffix config.domain host + config.liveDomain
    else
      host;
  private = {
    aliases = [ ];
    website = "off";
    corsRules = [ ];
  };
  public = host: {
    aliases = [ host ];
    website.indexDocument = "index.html";
    corsRules = [
      {
        allowedOrigins = application.corsOrigins;
        allowedMethods = [
          "GET"
          "HEAD"
        ];
        # For players, which read parts of a video.
        allowedHeaders = [ "Range" ];
        exposeHeaders = [
          "Content-Length"
          "Content-Range"
        ];
      }
    ];
  };
  grant = purpose: {
    type = providers.garage.grant;
    inherit state;
    inputs = {
      bucket = members.buckets.members.${purpose}.outputs.bucketName;
      exclusive = true;
      keys = [
        {
          inherit (members.key.outputs) accessKeyId;
          read = true;
          write = true;
          owner = application.bucketOwner;
        }
      ];
    };
  };
in
{
  members = {
    key = {
      type = providers.garage.key;
      inherit state;
      inputs = {
        name = config.names.label;
        store = config.tenant.secretStore;
        secretName = config.names.secret "objectStorageSecretKey";
      };
    };
    buckets.members = lib.mapAttrs bucket application.buckets;
    grants.members = lib.mapAttrs (purpose: _: grant purpose) application.buckets;
  };
}
