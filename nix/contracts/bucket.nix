# A bucket of an S3 server and an access key for it.
{ lib }:
let
  inherit (lib) mkOption types;
  inherit (import ./contract.nix { inherit lib; }) contract record;
  inherit (import ../types.nix { inherit lib; }) pathOutsideStore;
in
contract {
  request = record "Bucket that the application needs." {
    name = mkOption {
      type = types.nonEmptyStr;
      description = "Name of the bucket.";
    };
    website = mkOption {
      type = types.bool;
      default = false;
      description = "Whether everybody can read the objects without a login, at `websiteHost`.";
    };
    cors = mkOption {
      type = types.listOf (
        types.submodule {
          options = {
            allowedOrigins = mkOption {
              type = types.nonEmptyListOf types.nonEmptyStr;
              example = [ "https://video.example.org" ];
              description = "Origins of the web pages, or `*` for all.";
            };
            allowedMethods = mkOption {
              type = types.nonEmptyListOf types.nonEmptyStr;
              default = [
                "GET"
                "HEAD"
              ];
              description = "HTTP methods that are permitted.";
            };
            allowedHeaders = mkOption {
              type = types.listOf types.nonEmptyStr;
              default = [ ];
              description = "Headers that a request may send, or `*`.";
            };
            exposeHeaders = mkOption {
              type = types.listOf types.nonEmptyStr;
              default = [ ];
              description = "Headers of the answer that a script may read.";
            };
          };
        }
      );
      default = [ ];
      description = "Web pages of other origins that may use the objects (CORS).";
    };
    ownerAccess = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the key can change the settings of the bucket by S3, besides reading and writing objects.";
    };
    secretKey = (import ./secret.nix { inherit lib; }).mkRequest;
  };
  result = record "Location of the bucket, and the credentials for it." {
    endpoint = mkOption {
      type = types.nonEmptyStr;
      description = "URL of the S3 API.";
    };
    region = mkOption {
      type = types.nonEmptyStr;
      description = "Region of the S3 API.";
    };
    usePathStyle = mkOption {
      type = types.bool;
      description = "Whether clients put the name of the bucket into the path of the URL.";
    };
    bucketName = mkOption {
      type = types.nonEmptyStr;
      description = "Name of the bucket for S3 clients.";
    };
    websiteHost = mkOption {
      type = types.nullOr types.nonEmptyStr;
      default = null;
      description = "Host that serves the objects without a login. Null if `website` is false.";
    };
    accessKeyId = mkOption {
      type = types.nonEmptyStr;
      description = "Id of the access key.";
    };
    secretKeyPath = mkOption {
      type = pathOutsideStore;
      description = "File on the host with the secret of the access key.";
    };
  };
}
