# Written by `npm run generate` from the schemas of the provider garage; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
  # Inputs of all types.
  common = {
    connection = mkOption {
      type = types.submodule {
        options = {
          url = mkOption {
            type = types.str;
            description = "Base URL of the API. `http` is unencrypted, credentials included: it reaches only this machine unless `allowPlaintext` is true.";
          };
          allowPlaintext = mkOption {
            type = types.bool;
            default = false;
            description = "Whether the credentials may be sent over `http` to another machine, where everybody on the way can read and change them. Needed for an `http` URL unless its host is `localhost` or an address of loopback.";
          };
          tls = mkOption {
            type = types.nullOr (types.submodule {
              options = {
                caFile = mkOption {
                  type = types.nullOr suiteTypes.runtimePath;
                  default = null;
                  description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
                };
                pins = mkOption {
                  type = types.listOf (types.strMatching "([0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}|sha256//[A-Za-z0-9+/]{43}=)");
                  default = [ ];
                  description = "Pins of the server's certificate. One of them must match before a credential is sent. A pin is the certificate's SHA-256 fingerprint (`openssl x509 -noout -fingerprint -sha256`), or `sha256//` and the SHA-256 hash of its public key in Base64 (as curl's `--pinnedpubkey`). With pins and without `caFile`, the pins alone decide: authority, name and validity are not checked. An empty list compares no pin.";
                };
              };
            });
            default = null;
            description = "How to recognize an `https` server. Null trusts the well-known authorities and checks the server's name.";
          };
          token = mkOption {
            type = suiteTypes.secretRef;
            description = "Admin token: the one of Garage's configuration, or one with the scopes that the types name.";
          };
          s3 = mkOption {
            type = types.submodule {
              options = {
                endpoint = mkOption {
                  type = types.str;
                  description = "Base URL of Garage's S3 API, as the applications reach it. The admin API does not tell it.";
                };
                caFile = mkOption {
                  type = types.nullOr suiteTypes.runtimePath;
                  default = null;
                  description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
                };
                region = mkOption {
                  type = types.nonEmptyStr;
                  default = "garage";
                  description = "Region of the S3 API: `s3_region` in Garage's configuration. A server with another region is rejected.";
                };
              };
            };
            description = "S3 API of the same cluster.";
          };
          web = mkOption {
            type = types.submodule {
              options = {
                rootDomain = mkOption {
                  type = types.nullOr (types.strMatching "[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
                  default = null;
                  description = "Domain below which buckets with a website answer: `root_domain` of `[s3_web]` in Garage's configuration, without the dot at its start. Null if the websites have only domains of their own.";
                };
              };
            };
            default = { rootDomain = null; };
            description = "Website endpoint of the same cluster.";
          };
        };
      };
      description = "Location of the backend, and the credentials for it.";
    };
    managedBy = mkOption {
      type = types.strMatching "[a-z0-9-]{1,63}";
      description = "Name of the deployment, written in the mark of every object that it manages: 1 to 63 characters of a-z, 0-9 and hyphen. An object marked with another name is never changed.";
    };
    adopt = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to adopt an existing object that carries no mark. Destroying keeps an adopted object unless `deletion` is `delete`.";
    };
    adoptFrom = mkOption {
      type = types.nullOr (types.strMatching "[a-z0-9-]{1,63}");
      default = null;
      description = "Name of another deployment whose object is adopted. Null adopts no marked object.";
    };
    deletion = mkOption {
      type = types.nullOr (types.enum [ "delete" "retain" ]);
      default = null;
      description = "Action on destroy: `delete` deletes the object, `retain` only removes its mark. Null deletes objects that the deployment created. It retains adopted objects, and all objects of a type that is retained by default.";
    };
    timeoutSeconds = mkOption {
      type = types.ints.between 1 86400;
      default = 300;
      description = "Maximum duration of one request, in seconds.";
    };
  };
in
{
  name = "Garage";
  description = "Buckets, access keys and their permissions on a Garage cluster.";
  resourceTypes = {
    admin_token = {
      description = "A token for the admin API, with the calls that it permits. Garage shows its secret only once; it goes to a secret store. Needs Garage 2.0.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the token: 1 to 128 printable characters. Changing the name declares a different token. In Garage a second line of the name is the mark of the deployment.";
        };
        scopes = mkOption {
          type = types.nonEmptyListOf (types.enum [ "*" "AddBucketAlias" "AllowBucketKey" "ApplyClusterLayout" "CleanupIncompleteUploads" "ClusterLayoutSkipDeadNodes" "ConnectClusterNodes" "CreateAdminToken" "CreateBucket" "CreateKey" "CreateMetadataSnapshot" "DeleteAdminToken" "DeleteBucket" "DeleteKey" "DenyBucketKey" "GetAdminTokenInfo" "GetBlockInfo" "GetBucketInfo" "GetClusterHealth" "GetClusterLayout" "GetClusterLayoutHistory" "GetClusterStatistics" "GetClusterStatus" "GetCurrentAdminTokenInfo" "GetKeyInfo" "GetNodeInfo" "GetNodeStatistics" "GetWorkerInfo" "GetWorkerVariable" "ImportKey" "InspectObject" "LaunchRepairOperation" "ListAdminTokens" "ListBlockErrors" "ListBuckets" "ListBucketsInfo" "ListKeys" "ListKeysInfo" "ListWorkers" "Metrics" "PreviewClusterLayoutChanges" "PurgeBlocks" "RemoveBucketAlias" "RetryBlockResync" "RevertClusterLayout" "SetWorkerVariable" "UpdateAdminToken" "UpdateBucket" "UpdateClusterLayout" "UpdateKey" ]);
          description = "Calls of the admin API that the token permits; `*` permits all. `CreateAdminToken` and `UpdateAdminToken` permit all indirectly.";
        };
        expiresAt = mkOption {
          type = types.nullOr (types.strMatching "(never|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))");
          default = null;
          description = "Time from which Garage rejects the token, in RFC 3339: `2027-01-31T00:00:00Z`. \"never\" removes it. Null does not manage it; a new token then never expires.";
        };
        store = mkOption {
          type = types.attrTag {
            directory = mkOption {
              type = types.submodule {
                options = {
                  folder = mkOption {
                    type = suiteTypes.runtimePath;
                    description = "Folder with one age file per secret. It must exist and be accessible only to its owner (mode 0700).";
                  };
                  identity = mkOption {
                    type = suiteTypes.directSecretRef;
                    description = "Key that decrypts the secrets: an age identity, or an SSH private key (Ed25519 or RSA) without a passphrase.";
                  };
                };
              };
              description = "Folder of age files, one per secret. It needs no server and works well with git.";
            };
            postgres = mkOption {
              type = types.submodule {
                options = {
                  host = mkOption {
                    type = types.nonEmptyStr;
                    description = "Name or address of the server, or the folder of its Unix socket, such as `/run/postgresql`.";
                  };
                  port = mkOption {
                    type = types.ints.between 1 65535;
                    default = 5432;
                    description = "TCP port. For a Unix socket, the number in the socket's name.";
                  };
                  database = mkOption {
                    type = types.nonEmptyStr;
                    description = "Database that contains the store.";
                  };
                  user = mkOption {
                    type = types.nonEmptyStr;
                    description = "Role to log in as.";
                  };
                  password = mkOption {
                    type = types.nullOr suiteTypes.secretRef;
                    default = null;
                    description = "Password of the role. Null means that the server does not ask for one (peer, trust, client certificate).";
                  };
                  clientCertificate = mkOption {
                    type = types.nullOr (types.submodule {
                      options = {
                        certificate = mkOption {
                          type = suiteTypes.runtimePath;
                          description = "File with the certificate in PEM, followed by the intermediate certificates.";
                        };
                        key = mkOption {
                          type = suiteTypes.secretRef;
                          description = "Private key of the certificate, in PEM.";
                        };
                      };
                    });
                    default = null;
                    description = "Client certificate to present to the server. Null presents none.";
                  };
                  requireAuth = mkOption {
                    type = types.nullOr (types.nonEmptyListOf (types.enum [ "scram-sha-256" "md5" "password" "none" ]));
                    default = null;
                    description = "Accepted methods of authentication, by their libpq names: `scram-sha-256`, `md5`, `password` (clear text), and `none`, which is a server that asks for nothing. Null accepts only `scram-sha-256` for a password over plain TCP or over TLS without a verified server, since another method gives the password, or a hash of it, to any program that listens there. On a Unix socket, with `sslmode` `verify-ca` or `verify-full`, and without a password, null accepts every method.";
                  };
                  ca = mkOption {
                    type = types.nullOr suiteTypes.runtimePath;
                    default = null;
                    description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
                  };
                  sslmode = mkOption {
                    type = types.nullOr (types.enum [ "disable" "require" "verify-ca" "verify-full" ]);
                    default = null;
                    description = "TLS mode, by its libpq name: `disable` uses no TLS, `require` does not verify the server, `verify-ca` verifies its authority, `verify-full` verifies its authority and host name. Null means `disable` on a Unix socket, and on localhost if neither `ca` nor `clientCertificate` is set; otherwise it means `verify-full`. `allow` and `prefer` are not supported, since an attacker can make them give up TLS.";
                  };
                  schema = mkOption {
                    type = types.strMatching "[a-z_][a-z0-9_]*";
                    default = "nixops4_secrets";
                    description = "Schema of the store, which must contain nothing else. The first write creates it, with the roles `<schema>_owner`, `<schema>_reader` and `<schema>_writer`. All databases of a server share these roles.";
                  };
                  identity = mkOption {
                    type = suiteTypes.directSecretRef;
                    description = "Key that decrypts the secrets: an age identity, or an SSH private key (Ed25519 or RSA) without a passphrase. It is never sent to the server.";
                  };
                };
              };
              description = "Append-only schema in PostgreSQL. It keeps every version, and records who read which value.";
            };
          };
          description = "Secret store for the token's secret. If the store does not have it, the token is deleted and made again, since Garage shows the secret only once.";
        };
        secretName = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*";
          description = "Name of the secret in `store`, such as `garage/metrics-token`.";
        };
      };
      outputs.options = {
        tokenId = mkOption {
          type = types.str;
          description = "Id of the token: the part of its secret before the dot.";
        };
        secretToken = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          description = "Reference to the token's secret in `store`, for the header `Authorization: Bearer`. Null only in the answer to a read, if the store does not have it.";
        };
      };
    };
    bucket = {
      description = "A bucket with its aliases, website, quotas, CORS and lifecycle rules. One of its global aliases, `nixops4.…`, is the mark of the deployment that manages it; applications see it in S3's list of buckets.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";
          description = "Name of the bucket: its first global alias, by which S3 clients and websites find it. Changing the name declares a different bucket.";
        };
        id = mkOption {
          type = types.nullOr (types.strMatching "[0-9a-f]{64}");
          default = null;
          description = "Id of an existing bucket to adopt that has no global alias: 64 hexadecimal digits. Null finds the bucket by its name.";
        };
        aliases = mkOption {
          type = types.nullOr (types.listOf (types.strMatching "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"));
          default = null;
          description = "All further global aliases, such as the domain of a website. New ones are added before old ones are removed. Null does not manage them.";
        };
        website = mkOption {
          type = types.nullOr (types.oneOf [ (types.enum [ "off" ]) (types.submodule {
            options = {
              indexDocument = mkOption {
                type = types.nonEmptyStr;
                default = "index.html";
                description = "Object that answers for a folder.";
              };
              errorDocument = mkOption {
                type = types.nullOr types.nonEmptyStr;
                default = null;
                description = "Object that answers for a missing one. Null has none.";
              };
            };
          }) ]);
          default = null;
          description = "Website that serves the objects without a login. \"off\" switches it off. Null does not manage it.";
        };
        maxSizeBytes = mkOption {
          type = types.nullOr (types.oneOf [ types.ints.unsigned (types.strMatching "(unlimited|0|[1-9][0-9]{0,19})") ]);
          default = null;
          description = "Largest sum of the sizes of all objects, in bytes; above 2^53 - 1 as a string of digits. 0 permits no object. \"unlimited\" removes the limit. Null does not manage it.";
        };
        maxObjects = mkOption {
          type = types.nullOr (types.oneOf [ types.ints.unsigned (types.strMatching "(unlimited|0|[1-9][0-9]{0,19})") ]);
          default = null;
          description = "Largest number of objects. 0 permits none. \"unlimited\" removes the limit. Null does not manage it.";
        };
        corsRules = mkOption {
          type = types.nullOr (types.listOf (types.submodule {
            options = {
              id = mkOption {
                type = types.nullOr types.nonEmptyStr;
                default = null;
                description = "Name of the rule. Null has none.";
              };
              allowedOrigins = mkOption {
                type = types.nonEmptyListOf types.nonEmptyStr;
                description = "Origins that may read, such as `https://video.example.org`, or `*` for all.";
              };
              allowedMethods = mkOption {
                type = types.nonEmptyListOf (types.enum [ "GET" "HEAD" "PUT" "POST" "DELETE" ]);
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
              maxAgeSeconds = mkOption {
                type = types.nullOr types.ints.unsigned;
                default = null;
                description = "Time in which a browser keeps the answer to a preflight request, in seconds. Null leaves it to the browser.";
              };
            };
          }));
          default = null;
          description = "Which web pages of other origins may read the objects (CORS); the first rule that fits counts. An empty list removes all rules. Null does not manage them. Needs Garage 2.3.";
        };
        lifecycleRules = mkOption {
          type = types.nullOr (types.listOf (types.submodule {
            options = {
              id = mkOption {
                type = types.nullOr types.nonEmptyStr;
                default = null;
                description = "Name of the rule. Null has none.";
              };
              enabled = mkOption {
                type = types.bool;
                default = true;
                description = "Whether the rule is applied.";
              };
              prefix = mkOption {
                type = types.nullOr types.nonEmptyStr;
                default = null;
                description = "Only objects whose key begins with this text. Null means all.";
              };
              objectSizeGreaterThanBytes = mkOption {
                type = types.nullOr types.ints.unsigned;
                default = null;
                description = "Only objects that are larger than this, in bytes. Null means all.";
              };
              objectSizeLessThanBytes = mkOption {
                type = types.nullOr types.ints.unsigned;
                default = null;
                description = "Only objects that are smaller than this, in bytes. Null means all.";
              };
              expirationDays = mkOption {
                type = types.nullOr types.ints.positive;
                default = null;
                description = "Deletes an object this many days after it was written. Null deletes none by age.";
              };
              expirationDate = mkOption {
                type = types.nullOr (types.strMatching "[0-9]{4}-[0-9]{2}-[0-9]{2}");
                default = null;
                description = "Deletes the objects on this date (UTC), such as `2030-01-31`. Null deletes none by date.";
              };
              abortIncompleteMultipartUploadDays = mkOption {
                type = types.nullOr types.ints.positive;
                default = null;
                description = "Ends uploads in parts that are not complete this many days after their start, and frees their space. Null ends none.";
              };
            };
          }));
          default = null;
          description = "When objects and incomplete uploads are deleted; the order has no meaning. An empty list removes all rules. Null does not manage them. Needs Garage 2.3.";
        };
        confirmEmpty = mkOption {
          type = types.bool;
          default = false;
          description = "Whether to delete all objects when the bucket is deleted. Otherwise the deletion fails if the bucket contains any.";
        };
        emptyWith = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              accessKeyId = mkOption {
                type = suiteTypes.secretRef;
                description = "Id of the key.";
              };
              secretAccessKey = mkOption {
                type = suiteTypes.secretRef;
                description = "Secret of the key.";
              };
            };
          });
          default = null;
          description = "S3 key with the permissions read, write and owner on the bucket, which deletes the objects. Null uses a temporary key that expires after an hour; this needs Garage 2.0.";
        };
      };
      outputs.options = {
        id = mkOption {
          type = types.str;
          description = "Id of the bucket: 64 hexadecimal digits. S3 clients use the name, not the id.";
        };
        bucketName = mkOption {
          type = types.str;
          description = "Name of the bucket for S3 clients.";
        };
        endpoint = mkOption {
          type = types.str;
          description = "URL of the S3 API.";
        };
        endpointHost = mkOption {
          type = types.str;
          description = "Host of the S3 API, with its port unless that is the default.";
        };
        region = mkOption {
          type = types.str;
          description = "Region of the S3 API, as the server reports it.";
        };
        usePathStyle = mkOption {
          type = types.bool;
          description = "Whether S3 clients name the bucket in the path: always true, since it needs no further DNS record.";
        };
        websiteHost = mkOption {
          type = types.nullOr types.str;
          description = "Host that serves the website. Null if the website is off, or if `connection.web.rootDomain` is null.";
        };
      };
    };
    grant = {
      description = "Permissions of access keys on a bucket. A bucket may have several grants, also of several deployments: each changes only the keys that it declares. With a state, the permissions of keys removed from the inputs are revoked. Without a state, only `exclusive` and `sealed` revoke them. Declare a key in one grant per bucket: Garage does not record who granted a permission, so two grants with different permissions for one key undo each other at every apply, and destroying one revokes what both declare. Garage has no object lock, versions or retention; `sealed` is the nearest to an immutable bucket.";
      requireState = false;
      inputs.options = common // {
        bucket = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";
          description = "Name of the bucket: one of its global aliases. The bucket must exist.";
        };
        keys = mkOption {
          type = types.listOf (types.submodule {
            options = {
              accessKeyId = mkOption {
                type = types.strMatching "[A-Za-z0-9._-]{8,}";
                description = "Id of the access key, such as an output of the resource that creates it.";
              };
              read = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the key may read and list the objects.";
              };
              write = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the key may write objects. This includes overwriting and deleting every object of the bucket.";
              };
              owner = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the key may change the bucket by S3: its website, CORS and lifecycle rules. A lifecycle rule can delete objects.";
              };
            };
          });
          description = "Keys with the permissions that each has on the bucket, exactly: a permission that is false is revoked.";
        };
        exclusive = mkOption {
          type = types.bool;
          default = false;
          description = "Whether to revoke the permissions of all keys that are not declared here. The same deployment must manage the bucket, and no other grant on it can last. False keeps what others have granted.";
        };
        sealed = mkOption {
          type = types.bool;
          default = false;
          description = "Whether nobody may change the objects: implies `exclusive`, and every key may have `read` only. Rejected if a lifecycle rule of the bucket deletes objects. Only an admin token can still change them. Needs Garage 2.3.";
        };
        effectiveWith = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              accessKeyId = mkOption {
                type = suiteTypes.secretRef;
                description = "Id of the key.";
              };
              secretAccessKey = mkOption {
                type = suiteTypes.secretRef;
                description = "Secret of the key.";
              };
            };
          });
          default = null;
          description = "One of `keys` that has `read`, with its secret: the resource succeeds only when S3 permits a read with it. Null trusts the admin API; then S3 may reject the keys for a moment.";
        };
      };
      outputs.options = {
        bucketId = mkOption {
          type = types.str;
          description = "Id of the bucket: 64 hexadecimal digits.";
        };
        writers = mkOption {
          type = types.listOf types.str;
          description = "Ids of all keys that may write, overwrite and delete objects, in alphabetical order. Keys of other grants are included.";
        };
        owners = mkOption {
          type = types.listOf types.str;
          description = "Ids of all keys that may change the bucket by S3, in alphabetical order. Keys of other grants are included.";
        };
      };
    };
    key = {
      description = "An access key for S3. It is imported, or Garage generates it and its secret goes to a secret store. Permissions on buckets are given by `grant`.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the key: 1 to 128 printable characters. Changing the name declares a different key. In Garage a second line of the name is the mark of the deployment.";
        };
        imported = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              accessKeyId = mkOption {
                type = suiteTypes.secretRef;
                description = "Id of the key: 8 or more characters of A-Z, a-z, 0-9, hyphen, underscore and dot. Before Garage 2.3, `GK` and 24 hexadecimal digits.";
              };
              secretAccessKey = mkOption {
                type = suiteTypes.secretRef;
                description = "Secret of the key: 16 or more printable ASCII characters. Before Garage 2.3, 64 hexadecimal digits.";
              };
            };
          });
          default = null;
          description = "Id and secret of the key, generated elsewhere: the recommended way, since every apply then finds the key by its id. Garage never accepts the id of a deleted key again. Null lets Garage generate the key; then set `store`.";
        };
        store = mkOption {
          type = types.nullOr (types.attrTag {
            directory = mkOption {
              type = types.submodule {
                options = {
                  folder = mkOption {
                    type = suiteTypes.runtimePath;
                    description = "Folder with one age file per secret. It must exist and be accessible only to its owner (mode 0700).";
                  };
                  identity = mkOption {
                    type = suiteTypes.directSecretRef;
                    description = "Key that decrypts the secrets: an age identity, or an SSH private key (Ed25519 or RSA) without a passphrase.";
                  };
                };
              };
              description = "Folder of age files, one per secret. It needs no server and works well with git.";
            };
            postgres = mkOption {
              type = types.submodule {
                options = {
                  host = mkOption {
                    type = types.nonEmptyStr;
                    description = "Name or address of the server, or the folder of its Unix socket, such as `/run/postgresql`.";
                  };
                  port = mkOption {
                    type = types.ints.between 1 65535;
                    default = 5432;
                    description = "TCP port. For a Unix socket, the number in the socket's name.";
                  };
                  database = mkOption {
                    type = types.nonEmptyStr;
                    description = "Database that contains the store.";
                  };
                  user = mkOption {
                    type = types.nonEmptyStr;
                    description = "Role to log in as.";
                  };
                  password = mkOption {
                    type = types.nullOr suiteTypes.secretRef;
                    default = null;
                    description = "Password of the role. Null means that the server does not ask for one (peer, trust, client certificate).";
                  };
                  clientCertificate = mkOption {
                    type = types.nullOr (types.submodule {
                      options = {
                        certificate = mkOption {
                          type = suiteTypes.runtimePath;
                          description = "File with the certificate in PEM, followed by the intermediate certificates.";
                        };
                        key = mkOption {
                          type = suiteTypes.secretRef;
                          description = "Private key of the certificate, in PEM.";
                        };
                      };
                    });
                    default = null;
                    description = "Client certificate to present to the server. Null presents none.";
                  };
                  requireAuth = mkOption {
                    type = types.nullOr (types.nonEmptyListOf (types.enum [ "scram-sha-256" "md5" "password" "none" ]));
                    default = null;
                    description = "Accepted methods of authentication, by their libpq names: `scram-sha-256`, `md5`, `password` (clear text), and `none`, which is a server that asks for nothing. Null accepts only `scram-sha-256` for a password over plain TCP or over TLS without a verified server, since another method gives the password, or a hash of it, to any program that listens there. On a Unix socket, with `sslmode` `verify-ca` or `verify-full`, and without a password, null accepts every method.";
                  };
                  ca = mkOption {
                    type = types.nullOr suiteTypes.runtimePath;
                    default = null;
                    description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
                  };
                  sslmode = mkOption {
                    type = types.nullOr (types.enum [ "disable" "require" "verify-ca" "verify-full" ]);
                    default = null;
                    description = "TLS mode, by its libpq name: `disable` uses no TLS, `require` does not verify the server, `verify-ca` verifies its authority, `verify-full` verifies its authority and host name. Null means `disable` on a Unix socket, and on localhost if neither `ca` nor `clientCertificate` is set; otherwise it means `verify-full`. `allow` and `prefer` are not supported, since an attacker can make them give up TLS.";
                  };
                  schema = mkOption {
                    type = types.strMatching "[a-z_][a-z0-9_]*";
                    default = "nixops4_secrets";
                    description = "Schema of the store, which must contain nothing else. The first write creates it, with the roles `<schema>_owner`, `<schema>_reader` and `<schema>_writer`. All databases of a server share these roles.";
                  };
                  identity = mkOption {
                    type = suiteTypes.directSecretRef;
                    description = "Key that decrypts the secrets: an age identity, or an SSH private key (Ed25519 or RSA) without a passphrase. It is never sent to the server.";
                  };
                };
              };
              description = "Append-only schema in PostgreSQL. It keeps every version, and records who read which value.";
            };
          });
          default = null;
          description = "Secret store for the secret of a key that Garage generates. Changing the store leaves a copy in the old one. Since names are not unique in Garage, apply such a key through one admin endpoint only. Null with `imported`.";
        };
        secretName = mkOption {
          type = types.nullOr (types.strMatching "[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*");
          default = null;
          description = "Name of the secret in `store`, such as `media/s3-secret`. Null with `imported`.";
        };
        disabled = mkOption {
          type = types.nullOr types.bool;
          default = null;
          description = "Whether Garage rejects every S3 request with the key. True sets its expiration to the present; false removes the expiration. Null does not manage it. Needs Garage 2.0.";
        };
        allowCreateBucket = mkOption {
          type = types.nullOr types.bool;
          default = null;
          description = "Whether the key may create buckets by S3. Null does not manage it.";
        };
      };
      outputs.options = {
        accessKeyId = mkOption {
          type = types.str;
          description = "Id of the key, for S3 clients.";
        };
        secretAccessKey = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          description = "Reference to the secret of the key: to its version in `store`, or the one in `imported`. Null only in the answer to a read, if the store does not have the secret yet.";
        };
      };
    };
    local_alias = {
      description = "A name of a bucket that only one access key knows. It hides a global alias of the same name from this key. The name carries no mark of a deployment: declare it once.";
      requireState = false;
      inputs.options = common // {
        bucket = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";
          description = "Name of the bucket: one of its global aliases. The bucket must exist.";
        };
        accessKeyId = mkOption {
          type = types.strMatching "[A-Za-z0-9._-]{8,}";
          description = "Id of the access key that knows the name. The key must exist.";
        };
        alias = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";
          description = "Name of the bucket for this key. It is rejected if it already leads this key to another bucket.";
        };
      };
      outputs.options = {
        bucketId = mkOption {
          type = types.str;
          description = "Id of the bucket: 64 hexadecimal digits.";
        };
      };
    };
  };
}
