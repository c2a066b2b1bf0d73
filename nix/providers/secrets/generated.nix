# Written by `npm run generate` from the schemas of the provider secrets; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
  # Inputs of all types.
  common = {
    connection = mkOption {
      type = types.submodule {
        options = {
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
            description = "Location of the secret store. Types that store no secret, such as `secret_file`, accept null.";
          };
          ssh = mkOption {
            type = types.nullOr (types.submodule {
              options = {
                host = mkOption {
                  type = types.strMatching "[A-Za-z0-9_:][A-Za-z0-9_.:%-]*";
                  description = "Name or address of the host, or a `Host` in ssh's configuration file.";
                };
                port = mkOption {
                  type = types.nullOr (types.ints.between 1 65535);
                  default = null;
                  description = "TCP port of the SSH server. Null means the port in ssh's configuration file, else 22.";
                };
                user = mkOption {
                  type = types.nullOr (types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.@-]*");
                  default = null;
                  description = "User to log in as. Null means the user in ssh's configuration file, else the user who runs nixops4.";
                };
                identity = mkOption {
                  type = types.nullOr suiteTypes.directSecretRef;
                  default = null;
                  description = "Private key for the login, without a passphrase. It is given to a separate ssh-agent and never written to a file. Null means your ssh-agent and ssh's configuration file.";
                };
                hostKey = mkOption {
                  type = types.nullOr (types.strMatching "(ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( [ -~]*)?");
                  default = null;
                  description = "Public key of the host, as in its `/etc/ssh/ssh_host_ed25519_key.pub` and in the output `publicKey` of `ssh_host_key`. Other keys are rejected. Null means the keys in `hostKeys`, or else those in `known_hosts`; an unknown host is rejected without a question.";
                };
                hostKeys = mkOption {
                  type = types.nullOr (types.listOf types.str);
                  default = null;
                  description = "Public keys of the host, one for each algorithm, such as the output `sshHostKeys` of a `vm` of Proxmox. Other keys are rejected. Null adds none to `hostKey`.";
                };
                configFile = mkOption {
                  type = types.nullOr suiteTypes.runtimePath;
                  default = null;
                  description = "ssh configuration file that replaces the user's and the system's, for example for `ProxyJump` or `UserKnownHostsFile`. Null means the user's and the system's files.";
                };
                elevate = mkOption {
                  type = types.enum [ "none" "sudo" "doas" ];
                  default = "none";
                  description = "Program with which the login user becomes root, without a password. `none` is for a login as root, and for files that belong to the login user.";
                };
              };
            });
            default = null;
            description = "SSH connection to the host on which `secret_file` creates files. Null means the machine and user that run nixops4.";
          };
          registry = mkOption {
            type = types.strMatching "(/([A-Za-z0-9_@%+=,-]|\\.[A-Za-z0-9_@%+=,-]|\\.\\.[A-Za-z0-9_.@%+=,-])[A-Za-z0-9_.@%+=,-]*)+";
            default = "/var/lib/nixops4-resources/secret-files";
            description = "Folder on that host in which `secret_file` keeps its marks. All deployments that use the host must set the same folder. A user other than root needs a folder of their own.";
          };
        };
      };
      default = { };
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
  name = "Secrets";
  description = "Passwords, keys and certificates: generated, stored encrypted, rotated and derived. No value is in any state.";
  resourceTypes = {
    secret = {
      description = "Secret that is generated once and stored encrypted. Its output is a reference: only a provider that resolves the reference gets the value, at the moment of use.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*";
          description = "Name of the secret in its store, such as `shop/db-password`. Changing the name declares a different secret.";
        };
        generation = mkOption {
          type = types.ints.between 1 1000000;
          default = 1;
          description = "Generation of the value. Raise it to rotate the secret: a new value is generated, and the old one stays readable for `graceSeconds`. It cannot be lowered.";
        };
        recipients = mkOption {
          type = types.listOf types.nonEmptyStr;
          default = [ ];
          description = "Additional keys that can decrypt the secret: age recipients (`age1...`) and SSH public keys (`ssh-ed25519 ...`, `ssh-rsa ...`). The identity of the connection always can.";
        };
        graceSeconds = mkOption {
          type = types.ints.between 0 31536000;
          default = 86400;
          description = "Time in which the previous value stays readable after a rotation, in seconds.";
        };
        generator = mkOption {
          type = types.attrTag {
            activeRecordEncryptionKey = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "Key of Active Record Encryption: 32 random letters and digits. An application such as Mastodon needs three separate secrets: the primary key, the deterministic key and the key derivation salt.";
            };
            age = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "age identity (X25519), as `age-keygen` creates it: `AGE-SECRET-KEY-1...`. Public part: `recipient` (`age1...`).";
            };
            argon2id = mkOption {
              type = types.submodule {
                options = {
                  source = mkOption {
                    type = suiteTypes.secretRef;
                    description = "Secret from which the value is derived: the output `ref` of its resource; it must be in a store. A new version of the source creates a new version automatically; the same version never changes the value.";
                  };
                  memoryKibibytes = mkOption {
                    type = types.ints.between 64 4194304;
                    default = 65536;
                    description = "Memory needed to check a password, in KiB.";
                  };
                  passes = mkOption {
                    type = types.ints.between 1 1000;
                    default = 3;
                    description = "Number of passes over that memory.";
                  };
                  parallelism = mkOption {
                    type = types.ints.between 1 64;
                    default = 4;
                    description = "Maximum number of concurrent threads.";
                  };
                };
              };
              description = "Argon2id hash of another secret, as a PHC string (`$argon2id$v=19$...`).";
            };
            base64 = mkOption {
              type = types.submodule {
                options = {
                  sizeBytes = mkOption {
                    type = types.ints.between 8 1024;
                    default = 32;
                    description = "Number of random bytes, before encoding as text.";
                  };
                };
              };
              default = { };
              description = "Random bytes in base64, for example a pre-shared key of WireGuard (32 bytes).";
            };
            base64url = mkOption {
              type = types.submodule {
                options = {
                  sizeBytes = mkOption {
                    type = types.ints.between 8 1024;
                    default = 32;
                    description = "Number of random bytes, before encoding as text.";
                  };
                };
              };
              default = { };
              description = "Random bytes in base64url without padding: safe in URLs and file names.";
            };
            bcrypt = mkOption {
              type = types.submodule {
                options = {
                  source = mkOption {
                    type = suiteTypes.secretRef;
                    description = "Secret from which the value is derived: the output `ref` of its resource; it must be in a store. A new version of the source creates a new version automatically; the same version never changes the value.";
                  };
                  cost = mkOption {
                    type = types.ints.between 4 20;
                    default = 12;
                    description = "Work factor: checking a password takes 2^`cost` rounds.";
                  };
                };
              };
              description = "bcrypt hash of another secret, for a server that checks it.";
            };
            certificate = mkOption {
              type = types.submodule {
                options = {
                  authority = mkOption {
                    type = types.submodule {
                      options = {
                        key = mkOption {
                          type = suiteTypes.secretRef;
                          description = "Private key of the authority (PEM), such as the output `ref` of its secret.";
                        };
                        certificate = mkOption {
                          type = types.nonEmptyStr;
                          description = "Certificate of the authority (PEM), such as the output `public.certificate` of its secret.";
                        };
                      };
                    };
                    description = "Authority that signs the certificate.";
                  };
                  commonName = mkOption {
                    type = types.nonEmptyStr;
                    description = "Common name of the subject (CN).";
                  };
                  algorithm = mkOption {
                    type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
                    default = "ecdsa-p256";
                    description = "Algorithm and size of the key.";
                  };
                  dnsNames = mkOption {
                    type = types.listOf types.nonEmptyStr;
                    default = [ ];
                    description = "DNS names in the certificate.";
                  };
                  ipAddresses = mkOption {
                    type = types.listOf (types.strMatching "[0-9A-Fa-f:.]+");
                    default = [ ];
                    description = "IP addresses in the certificate, version 4 or 6.";
                  };
                  usages = mkOption {
                    type = types.nonEmptyListOf (types.enum [ "server" "client" ]);
                    default = [ "server" ];
                    description = "Allowed uses of the certificate: by a server, by a client, or by both.";
                  };
                  validDays = mkOption {
                    type = types.ints.between 1 36500;
                    default = 90;
                    description = "Validity period in days. It is not renewed automatically: raise `generation` before `expiresAt`.";
                  };
                };
              };
              description = "Certificate (X.509) signed by an authority. The value is its private key (PEM). Public part: `certificate` (PEM). If the authority's certificate changes, a new version is created automatically.";
            };
            certificateAuthority = mkOption {
              type = types.submodule {
                options = {
                  commonName = mkOption {
                    type = types.nonEmptyStr;
                    description = "Common name of the subject (CN).";
                  };
                  algorithm = mkOption {
                    type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
                    default = "ecdsa-p256";
                    description = "Algorithm and size of the key.";
                  };
                  validDays = mkOption {
                    type = types.ints.between 1 36500;
                    default = 3650;
                    description = "Validity period in days. It is not renewed automatically: raise `generation` before `expiresAt`.";
                  };
                };
              };
              description = "Self-signed certificate authority (X.509). The value is its private key (PEM). Public part: `certificate` (PEM). It can sign certificates of servers and clients, but not of other authorities.";
            };
            certificateRequest = mkOption {
              type = types.submodule {
                options = {
                  commonName = mkOption {
                    type = types.nonEmptyStr;
                    description = "Common name of the subject (CN).";
                  };
                  algorithm = mkOption {
                    type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
                    default = "ecdsa-p256";
                    description = "Algorithm and size of the key.";
                  };
                  dnsNames = mkOption {
                    type = types.listOf types.nonEmptyStr;
                    default = [ ];
                    description = "DNS names in the certificate.";
                  };
                  ipAddresses = mkOption {
                    type = types.listOf (types.strMatching "[0-9A-Fa-f:.]+");
                    default = [ ];
                    description = "IP addresses in the certificate, version 4 or 6.";
                  };
                  usages = mkOption {
                    type = types.nonEmptyListOf (types.enum [ "server" "client" ]);
                    default = [ "server" ];
                    description = "Allowed uses of the certificate: by a server, by a client, or by both.";
                  };
                };
              };
              description = "Private key (PEM), with a certificate request (PKCS#10) to send to an authority. Public part: `request` (PEM).";
            };
            copy = mkOption {
              type = types.submodule {
                options = {
                  source = mkOption {
                    type = suiteTypes.secretRef;
                    description = "Reference to the secret.";
                  };
                };
              };
              description = "Exact copy of an existing secret, byte for byte: from an agenix or sops file, a systemd credential or a command. It is read once per `generation`.";
            };
            dkim = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "Key that signs mail (DKIM), RSA with 2048 bits in PEM. Public parts: `txt`, the value of the TXT record, and `txt1` and `txt2`, the same value split into strings that DNS allows.";
            };
            hex = mkOption {
              type = types.submodule {
                options = {
                  sizeBytes = mkOption {
                    type = types.ints.between 8 1024;
                    default = 32;
                    description = "Number of random bytes, before encoding as text.";
                  };
                };
              };
              default = { };
              description = "Random bytes in hexadecimal digits.";
            };
            htpasswd = mkOption {
              type = types.submodule {
                options = {
                  source = mkOption {
                    type = suiteTypes.secretRef;
                    description = "Secret from which the value is derived: the output `ref` of its resource; it must be in a store. A new version of the source creates a new version automatically; the same version never changes the value.";
                  };
                  user = mkOption {
                    type = types.str;
                    description = "Name of the user, without a colon.";
                  };
                  cost = mkOption {
                    type = types.ints.between 4 20;
                    default = 12;
                    description = "Work factor: checking a password takes 2^`cost` rounds.";
                  };
                };
              };
              description = "Line of an htpasswd file for nginx, Apache and others, with the bcrypt hash of another secret.";
            };
            laravelAppKey = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "APP_KEY of a Laravel application: `base64:` followed by 32 random bytes.";
            };
            laravelPassport = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "Keys of Laravel Passport, RSA with 4096 bits. The value is `oauth-private.key` (PEM). Public part: `publicKey`, the content of `oauth-public.key`.";
            };
            password = mkOption {
              type = types.submodule {
                options = {
                  length = mkOption {
                    type = types.ints.between 4 1024;
                    default = 32;
                    description = "Number of characters.";
                  };
                  alphabet = mkOption {
                    type = types.nonEmptyStr;
                    default = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                    description = "Characters to choose from. The default characters need no quoting in URLs and shells.";
                  };
                  requiredClasses = mkOption {
                    type = types.listOf types.nonEmptyStr;
                    default = [ ];
                    description = "Sets of characters, such as `\"0123456789\"`; the password contains at least one character of each. For services that require this. They are added to the alphabet.";
                  };
                };
              };
              default = { };
              description = "Random characters of an alphabet, all equally likely.";
            };
            privateKey = mkOption {
              type = types.submodule {
                options = {
                  algorithm = mkOption {
                    type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
                    description = "Algorithm and size of the key.";
                  };
                  format = mkOption {
                    type = types.enum [ "pem" "jwk" ];
                    default = "pem";
                    description = "Format of the value: `pem` is PKCS#8, `jwk` is a JSON Web Key with its `kid`.";
                  };
                };
              };
              description = "Private key for signing, for example of an OpenID Connect issuer. Public parts: `publicKey` (PEM), `publicJwk` (JSON) and `kid`, the key's thumbprint.";
            };
            railsSecretKeyBase = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "SECRET_KEY_BASE of a Rails application: 64 random bytes in hexadecimal digits.";
            };
            scramSha256 = mkOption {
              type = types.submodule {
                options = {
                  source = mkOption {
                    type = suiteTypes.secretRef;
                    description = "Secret from which the value is derived: the output `ref` of its resource; it must be in a store. A new version of the source creates a new version automatically; the same version never changes the value.";
                  };
                };
              };
              description = "SCRAM-SHA-256 verifier of another secret, as PostgreSQL stores it. Servers accept it in place of the password, for example in pgbouncer's `userlist.txt`.";
            };
            sshKey = mkOption {
              type = types.submodule {
                options = {
                  algorithm = mkOption {
                    type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
                    default = "ed25519";
                    description = "Algorithm and size of the key.";
                  };
                  comment = mkOption {
                    type = types.str;
                    default = "";
                    description = "Comment of the key, one line.";
                  };
                };
              };
              default = { };
              description = "SSH key pair. The value is the private key in OpenSSH's format, without a passphrase. Public part: `publicKey`, the line for `authorized_keys`.";
            };
            tsig = mkOption {
              type = types.submodule {
                options = {
                  keyName = mkOption {
                    type = types.strMatching "[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?";
                    description = "Name of the key at server and client: a domain name, such as `acme.example.org`.";
                  };
                  algorithm = mkOption {
                    type = types.enum [ "hmac-sha256" "hmac-sha384" "hmac-sha512" ];
                    default = "hmac-sha256";
                    description = "Hash algorithm of the signature.";
                  };
                  format = mkOption {
                    type = types.enum [ "base64" "bind" ];
                    default = "base64";
                    description = "Format of the value: `base64` is only the key, `bind` is a `key` clause for named.conf.";
                  };
                };
              };
              description = "Key that signs DNS updates and zone transfers (TSIG), in base64. Public parts: `name` and `algorithm`, which clients need too.";
            };
            uuid = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "Random UUID (version 4): 122 random bits.";
            };
            vapid = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "Key pair for Web Push (VAPID). The value is the private number on P-256 in base64url, 32 bytes. Public part: `publicKey`, the uncompressed point in base64url, 65 bytes.";
            };
            wireguard = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "WireGuard key pair, as `wg genkey` creates it. Public part: `publicKey`.";
            };
          };
          description = "Generator of the value: exactly one kind. Changing the kind or its inputs needs a higher `generation`; otherwise the change is rejected and the value is kept.";
        };
      };
      outputs.options = {
        ref = mkOption {
          type = suiteTypes.secretRef;
          description = "Reference to this version of the secret, for the inputs of other resources. A rotation changes it, so that NixOps4 updates every resource that uses it.";
        };
        version = mkOption {
          type = types.int;
          description = "Number of the version; the first is 1.";
        };
        fingerprint = mkOption {
          type = types.str;
          description = "Fingerprint that changes with each version and reveals nothing about the value: 16 hexadecimal digits of a keyed hash. The key is stored with the value.";
        };
        createdAt = mkOption {
          type = types.str;
          description = "Creation time of this version, in ISO 8601.";
        };
        public = mkOption {
          type = types.attrsOf types.str;
          description = "Public parts of the value, by name, such as a public key or a certificate. Each generator documents its own.";
        };
        expiresAt = mkOption {
          type = types.nullOr types.str;
          description = "Expiry time of the value, in ISO 8601; null if it does not expire. Nothing is renewed automatically.";
        };
      };
    };
    secret_file = {
      description = "File with a secret on a host, for programs that run there. The inputs `mode`, `owner`, `group` and `restartUnits` and the output `path` match SelfHostBlocks' secret contract. The value is sent only through SSH's stdin. The mark is in `connection.registry` on the host, so the next apply restores a file in `/run` after a restart of the host.";
      requireState = false;
      inputs.options = common // {
        path = mkOption {
          type = types.strMatching "(/([A-Za-z0-9_@%+=,-]|\\.[A-Za-z0-9_@%+=,-]|\\.\\.[A-Za-z0-9_.@%+=,-])[A-Za-z0-9_.@%+=,-]*)+";
          description = "Absolute path of the file on the host, such as `/run/nixops4-secrets/db-password`: at most 200 letters, digits and `_ . @ % + = , -`. Missing folders are created with mode 0711: users can reach known names, but cannot list the folder. Changing the path declares a different file.";
        };
        source = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          default = null;
          description = "Secret to write. The file gets its exact bytes. If the source ends with a newline, as one that `echo` writes, so does the file. Null if `template` is set.";
        };
        template = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              text = mkOption {
                type = types.str;
                description = "Text of the file. `{{ name }}` stands for the value of `secrets.name`. The text reaches state and logs, so it contains no secret.";
              };
              secrets = mkOption {
                type = types.attrsOf suiteTypes.secretRef;
                description = "Secrets by the name of their placeholder. Each must be text; one final newline is left out.";
              };
              format = mkOption {
                type = types.enum [ "plain" "systemdEnvironment" "dotenv" "yaml" ];
                default = "plain";
                description = "How values are quoted. `plain` does not quote them. `systemdEnvironment` and `dotenv` have lines `NAME=value`, whose value is quoted as a whole if it has a placeholder: for `EnvironmentFile=` of systemd and shells that read the same file, or for Laravel's `.env`. `yaml` writes a placeholder as a string.";
              };
            };
          });
          default = null;
          description = "Text with several secrets, in place of `source`: an environment file, or a configuration file in YAML.";
        };
        mode = mkOption {
          type = types.strMatching "0[0-7]{3}";
          default = "0400";
          description = "Permission bits in octal, such as `0440`.";
        };
        owner = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]*[$]?";
          default = "root";
          description = "Owner of the file, by name or number. The user must exist on the host.";
        };
        group = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]*[$]?";
          default = "root";
          description = "Group of the file, by name or number. The group must exist on the host.";
        };
        restartUnits = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "systemd units to restart after the content has changed or was restored. Stopped units stay stopped. A host without `systemctl` is rejected.";
        };
      };
      outputs.options = {
        path = mkOption {
          type = types.str;
          description = "Path of the file, available once the file exists.";
        };
        fingerprint = mkOption {
          type = types.nullOr types.str;
          description = "Fingerprint that changes with the content and reveals nothing about it: 16 hexadecimal digits of a hash with a key that only the host has. Null if the file does not have the wanted content.";
        };
      };
    };
    ssh_host_key = {
      description = "SSH host key of a machine, generated before the machine exists. The private key is a secret in the store; the outputs have what clients, DNS and secret tools need to know.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*";
          description = "Name of the secret in its store, such as `shop/db-password`. Changing the name declares a different secret.";
        };
        generation = mkOption {
          type = types.ints.between 1 1000000;
          default = 1;
          description = "Generation of the value. Raise it to rotate the secret: a new value is generated, and the old one stays readable for `graceSeconds`. It cannot be lowered.";
        };
        recipients = mkOption {
          type = types.listOf types.nonEmptyStr;
          default = [ ];
          description = "Additional keys that can decrypt the secret: age recipients (`age1...`) and SSH public keys (`ssh-ed25519 ...`, `ssh-rsa ...`). The identity of the connection always can.";
        };
        graceSeconds = mkOption {
          type = types.ints.between 0 31536000;
          default = 86400;
          description = "Time in which the previous value stays readable after a rotation, in seconds.";
        };
        algorithm = mkOption {
          type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
          default = "ed25519";
          description = "Algorithm and size of the key. Changing it needs a higher `generation`.";
        };
        hostNames = mkOption {
          type = types.nonEmptyListOf types.str;
          description = "Names and addresses under which clients reach the machine. Write a port other than 22 as `[web.example.org]:2222`.";
        };
      };
      outputs.options = {
        ref = mkOption {
          type = suiteTypes.secretRef;
          description = "Reference to this version of the secret, for the inputs of other resources. A rotation changes it, so that NixOps4 updates every resource that uses it.";
        };
        version = mkOption {
          type = types.int;
          description = "Number of the version; the first is 1.";
        };
        fingerprint = mkOption {
          type = types.str;
          description = "Fingerprint that changes with each version and reveals nothing about the value: 16 hexadecimal digits of a keyed hash. The key is stored with the value.";
        };
        createdAt = mkOption {
          type = types.str;
          description = "Creation time of this version, in ISO 8601.";
        };
        publicKey = mkOption {
          type = types.str;
          description = "Public key, in one line. It is also the recipient for agenix.";
        };
        knownHosts = mkOption {
          type = types.str;
          description = "Line for `known_hosts` with all host names.";
        };
        sshfp = mkOption {
          type = types.listOf types.str;
          description = "Values of the SSHFP records of the machine's names, such as `4 2 1f3a...`: the algorithm, SHA-256, and the hash.";
        };
        ageRecipient = mkOption {
          type = types.nullOr types.str;
          description = "Recipient (`age1...`) for sops, as `ssh-to-age` computes it: the private key decrypts. Null unless the key is `ed25519`.";
        };
      };
    };
  };
}
