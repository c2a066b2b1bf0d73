# Written by `npm run generate` from the schemas of the provider secrets; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
  # Inputs that all types have.
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
                      description = "Folder that holds one age file per secret. It must exist, and only its owner may look into it (mode 0700).";
                    };
                    identity = mkOption {
                      type = suiteTypes.directSecretRef;
                      description = "Key that opens the secrets: an age identity, or an SSH private key (ed25519 or RSA) without a passphrase.";
                    };
                  };
                };
                description = "A folder of age files, one per secret. Needs no server, and suits git.";
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
                      description = "Database that holds the store.";
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
                    ca = mkOption {
                      type = types.nullOr suiteTypes.runtimePath;
                      default = null;
                      description = "File with the trusted certificate authorities in PEM. Null trusts the well-known authorities.";
                    };
                    sslmode = mkOption {
                      type = types.nullOr (types.enum [ "disable" "require" "verify-ca" "verify-full" ]);
                      default = null;
                      description = "TLS mode, by its libpq name: `disable` uses no TLS, `require` does not verify the server, `verify-ca` verifies its authority, `verify-full` verifies its authority and host name. Null means `disable` on a Unix socket, and on localhost if neither `ca` nor `clientCertificate` is set; otherwise it means `verify-full`. `allow` and `prefer` are not supported, since an attacker can make them give up TLS.";
                    };
                    schema = mkOption {
                      type = types.strMatching "[a-z_][a-z0-9_]*";
                      default = "nixops4_secrets";
                      description = "Schema that the store is, and nothing else. Who first writes to it makes it, and the roles `<schema>_owner`, `<schema>_reader` and `<schema>_writer`, which all databases of a server share.";
                    };
                    identity = mkOption {
                      type = suiteTypes.directSecretRef;
                      description = "Key that opens the secrets: an age identity, or an SSH private key (ed25519 or RSA) without a passphrase. The server never sees it.";
                    };
                  };
                };
                description = "A schema in PostgreSQL that is only ever added to: it keeps every version, and a record of who took which value.";
              };
            });
            default = null;
            description = "Where the secrets are kept. Null is for types that keep none.";
          };
          ssh = mkOption {
            type = types.nullOr (types.submodule {
              options = {
                host = mkOption {
                  type = types.strMatching "[A-Za-z0-9_:][A-Za-z0-9_.:%-]*";
                  description = "Name or address of the host, or a `Host` of ssh's configuration file.";
                };
                port = mkOption {
                  type = types.nullOr (types.ints.between 1 65535);
                  default = null;
                  description = "TCP port of its SSH server. Null leaves it to ssh's configuration file, else 22.";
                };
                user = mkOption {
                  type = types.nullOr (types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.@-]*");
                  default = null;
                  description = "User to log in as. Null leaves it to ssh's configuration file, else the name of the user who runs nixops4.";
                };
                identity = mkOption {
                  type = types.nullOr suiteTypes.directSecretRef;
                  default = null;
                  description = "Private key to log in with, without a passphrase. It is handed to an ssh-agent of its own and never written. Null leaves it to your ssh-agent and ssh's configuration file.";
                };
                hostKey = mkOption {
                  type = types.nullOr (types.strMatching "(ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( [ -~]*)?");
                  default = null;
                  description = "Public key of the host, as its `/etc/ssh/ssh_host_ed25519_key.pub` has it and `ssh_host_key` outputs it; no other is accepted. Null takes what `known_hosts` knows; a host that it does not know is refused, never asked about.";
                };
                configFile = mkOption {
                  type = types.nullOr suiteTypes.runtimePath;
                  default = null;
                  description = "Configuration file of ssh in place of the user's and the system's, for `ProxyJump`, `UserKnownHostsFile` and the like. Null takes those.";
                };
                elevate = mkOption {
                  type = types.enum [ "none" "sudo" "doas" ];
                  default = "none";
                  description = "Program that makes root of the user who logs in, without asking for a password; `none` for root, and for files that belong to the user.";
                };
              };
            });
            default = null;
            description = "How to reach the host that `secret_file` brings files to. Null is the machine that runs nixops4, and the user who does.";
          };
          registry = mkOption {
            type = types.strMatching "(/([A-Za-z0-9_@%+=,-]|\\.[A-Za-z0-9_@%+=,-]|\\.\\.[A-Za-z0-9_.@%+=,-])[A-Za-z0-9_.@%+=,-]*)+";
            default = "/var/lib/nixops4-resources/secret-files";
            description = "Folder on that host in which `secret_file` keeps its marks; all deployments that use the host name the same one. A user who is not root needs one of his own.";
          };
        };
      };
      default = { };
      description = "How to reach the backend, and as whom.";
    };
    managedBy = mkOption {
      type = types.strMatching "[a-z0-9-]{1,63}";
      description = "Name of the deployment, kept in the mark on everything it makes: 1 to 63 of a-z, 0-9 and the hyphen. What bears another name is refused.";
    };
    adopt = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to take over a thing that exists and bears no mark. What was taken over is kept when it is destroyed, unless `deletion` says otherwise.";
    };
    adoptFrom = mkOption {
      type = types.nullOr (types.strMatching "[a-z0-9-]{1,63}");
      default = null;
      description = "Name of another deployment whose thing is taken over; null takes over none.";
    };
    deletion = mkOption {
      type = types.nullOr (types.enum [ "delete" "retain" ]);
      default = null;
      description = "What destroying does: `delete` removes the thing, `retain` removes only our mark. Null deletes what the deployment made and retains what it adopted.";
    };
    timeoutSeconds = mkOption {
      type = types.ints.between 1 86400;
      default = 300;
      description = "Longest time that one request may take, in seconds.";
    };
  };
in
{
  name = "Secrets";
  description = "Passwords, keys and certificates: made, kept in a store, rotated and derived, without a value in any state.";
  resourceTypes = {
    secret = {
      description = "A secret that is made once and kept in a store. What it outputs is a reference: the value goes only to who resolves that, at the moment of use.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*";
          description = "Name of the secret in its store, such as `shop/db-password`. Another name is another secret.";
        };
        generation = mkOption {
          type = types.ints.between 1 1000000;
          default = 1;
          description = "Raise it to rotate the secret: a new value is made, and the old one can be read for `graceSeconds` more. It cannot be lowered.";
        };
        recipients = mkOption {
          type = types.listOf types.nonEmptyStr;
          default = [ ];
          description = "Who else can read it: recipients of age (`age1...`) and SSH public keys (`ssh-ed25519 ...`, `ssh-rsa ...`), in any number. The identity of the connection always can.";
        };
        graceSeconds = mkOption {
          type = types.ints.between 0 31536000;
          default = 86400;
          description = "How long the previous value can still be read after a rotation, in seconds.";
        };
        generator = mkOption {
          type = types.attrTag {
            activeRecordEncryptionKey = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "A key of Active Record Encryption: 32 random letters and digits. An application such as Mastodon takes three, each a secret of its own: the primary key, the deterministic key and the key derivation salt.";
            };
            age = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "An identity of age (X25519), as `age-keygen` makes it: `AGE-SECRET-KEY-1...`. Public part: `recipient` (`age1...`).";
            };
            argon2id = mkOption {
              type = types.submodule {
                options = {
                  source = mkOption {
                    type = suiteTypes.secretRef;
                    description = "The secret that it is made from, in a store: the output `ref` of its resource. Another version of it gives a new version by itself; the same version never gives another value.";
                  };
                  memoryKibibytes = mkOption {
                    type = types.ints.between 64 4194304;
                    default = 65536;
                    description = "Memory that it takes to check a password, in KiB.";
                  };
                  passes = mkOption {
                    type = types.ints.between 1 1000;
                    default = 3;
                    description = "How often it goes through that memory.";
                  };
                  parallelism = mkOption {
                    type = types.ints.between 1 64;
                    default = 4;
                    description = "How many threads may work on it at once.";
                  };
                };
              };
              description = "The Argon2id hash of another secret, as a PHC string (`$argon2id$v=19$...`).";
            };
            base64 = mkOption {
              type = types.submodule {
                options = {
                  sizeBytes = mkOption {
                    type = types.ints.between 8 1024;
                    default = 32;
                    description = "Number of random bytes that it is made of, before they are written as text.";
                  };
                };
              };
              default = { };
              description = "Random bytes in base64, such as a pre-shared key of WireGuard (32 bytes).";
            };
            base64url = mkOption {
              type = types.submodule {
                options = {
                  sizeBytes = mkOption {
                    type = types.ints.between 8 1024;
                    default = 32;
                    description = "Number of random bytes that it is made of, before they are written as text.";
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
                    description = "The secret that it is made from, in a store: the output `ref` of its resource. Another version of it gives a new version by itself; the same version never gives another value.";
                  };
                  cost = mkOption {
                    type = types.ints.between 4 20;
                    default = 12;
                    description = "How much work it is to check a password: 2 to the power of it rounds.";
                  };
                };
              };
              description = "The bcrypt hash of another secret, for a server that checks it.";
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
                    description = "Who signs it.";
                  };
                  commonName = mkOption {
                    type = types.nonEmptyStr;
                    description = "Common name of the subject (CN).";
                  };
                  algorithm = mkOption {
                    type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
                    default = "ecdsa-p256";
                    description = "Kind of its key, with its size where there is a choice.";
                  };
                  dnsNames = mkOption {
                    type = types.listOf types.nonEmptyStr;
                    default = [ ];
                    description = "DNS names that it is for.";
                  };
                  ipAddresses = mkOption {
                    type = types.listOf (types.strMatching "[0-9A-Fa-f:.]+");
                    default = [ ];
                    description = "IP addresses that it is for, version 4 or 6.";
                  };
                  usages = mkOption {
                    type = types.nonEmptyListOf (types.enum [ "server" "client" ]);
                    default = [ "server" ];
                    description = "Whether it is shown by a server, by a client, or by both.";
                  };
                  validDays = mkOption {
                    type = types.ints.between 1 36500;
                    default = 90;
                    description = "How long it is valid, in days. It is not renewed by itself: raise `generation` before `expiresAt`.";
                  };
                };
              };
              description = "A certificate (X.509) that an authority signs: the value is its private key (PEM). Public part: `certificate` (PEM). Another certificate of the authority gives a new version by itself.";
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
                    description = "Kind of its key, with its size where there is a choice.";
                  };
                  validDays = mkOption {
                    type = types.ints.between 1 36500;
                    default = 3650;
                    description = "How long it is valid, in days. It is not renewed by itself: raise `generation` before `expiresAt`.";
                  };
                };
              };
              description = "A certificate authority of its own (X.509): the value is its private key (PEM). Public part: `certificate` (PEM), which it has signed itself, and which may sign certificates but no other authority.";
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
                    description = "Kind of its key, with its size where there is a choice.";
                  };
                  dnsNames = mkOption {
                    type = types.listOf types.nonEmptyStr;
                    default = [ ];
                    description = "DNS names that it is for.";
                  };
                  ipAddresses = mkOption {
                    type = types.listOf (types.strMatching "[0-9A-Fa-f:.]+");
                    default = [ ];
                    description = "IP addresses that it is for, version 4 or 6.";
                  };
                  usages = mkOption {
                    type = types.nonEmptyListOf (types.enum [ "server" "client" ]);
                    default = [ "server" ];
                    description = "Whether it is shown by a server, by a client, or by both.";
                  };
                };
              };
              description = "A private key (PEM) and a request for a certificate (PKCS#10) to send to an authority. Public part: `request` (PEM).";
            };
            copy = mkOption {
              type = types.submodule {
                options = {
                  from = mkOption {
                    type = suiteTypes.secretRef;
                    description = "Where the secret is.";
                  };
                };
              };
              description = "A copy of a secret that you bring: from a file of agenix or sops, a systemd credential or a command. It is read once per `generation`.";
            };
            dkim = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "A key that signs mail (DKIM), RSA of 2048 bits in PEM. Public parts: `txt`, the value of the TXT record in one piece, and the same cut where DNS needs it, as `txt1` and `txt2`.";
            };
            hex = mkOption {
              type = types.submodule {
                options = {
                  sizeBytes = mkOption {
                    type = types.ints.between 8 1024;
                    default = 32;
                    description = "Number of random bytes that it is made of, before they are written as text.";
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
                    description = "The secret that it is made from, in a store: the output `ref` of its resource. Another version of it gives a new version by itself; the same version never gives another value.";
                  };
                  user = mkOption {
                    type = types.str;
                    description = "Name of the user, without a colon.";
                  };
                  cost = mkOption {
                    type = types.ints.between 4 20;
                    default = 12;
                    description = "How much work it is to check a password: 2 to the power of it rounds.";
                  };
                };
              };
              description = "The line of an htpasswd file for nginx, Apache and others, with the bcrypt hash of another secret.";
            };
            laravelAppKey = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "APP_KEY of a Laravel application: `base64:` and 32 random bytes.";
            };
            laravelPassport = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "The keys of Laravel Passport, RSA of 4096 bits: the value is `oauth-private.key` (PEM). Public part: `publicKey`, which is `oauth-public.key`.";
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
                    description = "The characters that it is made of. Those of the default need no quoting in URLs and shells.";
                  };
                  requiredClasses = mkOption {
                    type = types.listOf types.nonEmptyStr;
                    default = [ ];
                    description = "For services that insist on it: sets of characters, such as `\"0123456789\"`, of which it has at least one each. They belong to the alphabet, whether or not it names them.";
                  };
                };
              };
              default = { };
              description = "Random characters of an alphabet, each as likely as the others.";
            };
            privateKey = mkOption {
              type = types.submodule {
                options = {
                  algorithm = mkOption {
                    type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
                    description = "Kind of the key, with its size where there is a choice.";
                  };
                  format = mkOption {
                    type = types.enum [ "pem" "jwk" ];
                    default = "pem";
                    description = "How the value is written: `pem` is PKCS#8, `jwk` is a JSON Web Key with its `kid`.";
                  };
                };
              };
              description = "A private key to sign with, such as that of an OpenID Connect issuer. Public parts: `publicKey` (PEM), `publicJwk` (JSON) and `kid`, the key's thumbprint.";
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
                    description = "The secret that it is made from, in a store: the output `ref` of its resource. Another version of it gives a new version by itself; the same version never gives another value.";
                  };
                };
              };
              description = "The SCRAM-SHA-256 verifier of another secret, as PostgreSQL stores it: it may be given to the server in place of the password, for example in pgbouncer's `userlist.txt`.";
            };
            sshKey = mkOption {
              type = types.submodule {
                options = {
                  algorithm = mkOption {
                    type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
                    default = "ed25519";
                    description = "Kind of the key, with its size where there is a choice.";
                  };
                  comment = mkOption {
                    type = types.str;
                    default = "";
                    description = "Comment of the key, one line.";
                  };
                };
              };
              default = { };
              description = "A key pair for SSH. The value is the private key as OpenSSH writes it, without a passphrase; public part: `publicKey`, the line for `authorized_keys`.";
            };
            tsig = mkOption {
              type = types.submodule {
                options = {
                  keyName = mkOption {
                    type = types.strMatching "[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?";
                    description = "Name by which server and client know the key: a domain name, such as `acme.example.org`.";
                  };
                  algorithm = mkOption {
                    type = types.enum [ "hmac-sha256" "hmac-sha384" "hmac-sha512" ];
                    default = "hmac-sha256";
                    description = "Hash that it signs with.";
                  };
                  format = mkOption {
                    type = types.enum [ "base64" "bind" ];
                    default = "base64";
                    description = "How the value is written: `base64` is the key alone, `bind` is a `key` clause for named.conf.";
                  };
                };
              };
              description = "A key that signs DNS updates and zone transfers (TSIG), in base64. Public parts: `name` and `algorithm`, which a client must know too.";
            };
            uuid = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "A random UUID (version 4): 122 random bits.";
            };
            vapid = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "A key pair for Web Push (VAPID): the value is the private number on P-256 in base64url, 32 bytes. Public part: `publicKey`, the uncompressed point in base64url, 65 bytes.";
            };
            wireguard = mkOption {
              type = types.submodule {
                options = { };
              };
              default = { };
              description = "A key pair of WireGuard, as `wg genkey` makes it. Public part: `publicKey`.";
            };
          };
          description = "How the value is made: exactly one kind. Another kind, or other inputs of it, need a raised `generation`: else they are refused, and the value stays.";
        };
      };
      outputs.options = {
        ref = mkOption {
          type = suiteTypes.secretRef;
          description = "Reference to this version of the secret, for the inputs of other resources. A rotation changes it, so that NixOps4 updates all who take it.";
        };
        version = mkOption {
          type = types.int;
          description = "Number of the version; the first is 1.";
        };
        fingerprint = mkOption {
          type = types.str;
          description = "Tells two values apart and nothing about them: 16 hexadecimal digits of a keyed hash, whose key lies with the value.";
        };
        createdAt = mkOption {
          type = types.str;
          description = "When this version was made, in ISO 8601.";
        };
        public = mkOption {
          type = types.attrsOf types.str;
          description = "What belongs to the value and may be known, by name: the public key, the certificate. Each kind of generator says what it has.";
        };
        expiresAt = mkOption {
          type = types.nullOr types.str;
          description = "Time from which on the value is of no use, in ISO 8601; null where there is none. Nothing is renewed by itself.";
        };
      };
    };
    secret_file = {
      description = "A file with a secret on a host, for the programs that run there. Its inputs `mode`, `owner`, `group` and `restartUnits` and its output `path` are those of SelfHostBlocks' secret contract. The value goes over SSH's stdin alone; the mark lies in `connection.registry` on the host, so a file in `/run` that went with a restart is brought back by the next apply.";
      requireState = false;
      inputs.options = common // {
        path = mkOption {
          type = types.strMatching "(/([A-Za-z0-9_@%+=,-]|\\.[A-Za-z0-9_@%+=,-]|\\.\\.[A-Za-z0-9_.@%+=,-])[A-Za-z0-9_.@%+=,-]*)+";
          description = "Absolute path of the file on the host, such as `/run/nixops4-secrets/db-password`: letters, digits and `_ . @ % + = , -`, at most 200. Folders that lack are made with mode 0711: who knows a name can reach it, nobody can list them. Another path is another file.";
        };
        source = mkOption {
          type = suiteTypes.secretRef;
          description = "The secret. Nothing is added to a value of one line; one of several lines (a key, a certificate) ends with a newline.";
        };
        mode = mkOption {
          type = types.strMatching "0[0-7]{3}";
          default = "0400";
          description = "Permission bits in octal, such as `0440`.";
        };
        owner = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]*[$]?";
          default = "root";
          description = "User on the host who owns the file, by name or number. It must exist.";
        };
        group = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]*[$]?";
          default = "root";
          description = "Group on the host, by name or number. It must exist.";
        };
        restartUnits = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Units of systemd to restart after the content has changed, or has come back; those that are stopped stay so. Refused on a host without `systemctl`.";
        };
      };
      outputs.options = {
        path = mkOption {
          type = types.str;
          description = "The path, once the file is there.";
        };
        fingerprint = mkOption {
          type = types.nullOr types.str;
          description = "Changes with the content and tells nothing about it: 16 hexadecimal digits of a hash, keyed by a number that only the host has. Null where the content is not the wanted one.";
        };
      };
    };
    ssh_host_key = {
      description = "The SSH host key of a machine, made before the machine is: its private half is a secret in the store, and what clients, DNS and secret tools must know of it are outputs.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*";
          description = "Name of the secret in its store, such as `shop/db-password`. Another name is another secret.";
        };
        generation = mkOption {
          type = types.ints.between 1 1000000;
          default = 1;
          description = "Raise it to rotate the secret: a new value is made, and the old one can be read for `graceSeconds` more. It cannot be lowered.";
        };
        recipients = mkOption {
          type = types.listOf types.nonEmptyStr;
          default = [ ];
          description = "Who else can read it: recipients of age (`age1...`) and SSH public keys (`ssh-ed25519 ...`, `ssh-rsa ...`), in any number. The identity of the connection always can.";
        };
        graceSeconds = mkOption {
          type = types.ints.between 0 31536000;
          default = 86400;
          description = "How long the previous value can still be read after a rotation, in seconds.";
        };
        algorithm = mkOption {
          type = types.enum [ "ed25519" "ecdsa-p256" "ecdsa-p384" "ecdsa-p521" "rsa-2048" "rsa-3072" "rsa-4096" ];
          default = "ed25519";
          description = "Kind of the key, with its size where there is a choice. Another one needs a raised `generation`.";
        };
        hostNames = mkOption {
          type = types.nonEmptyListOf types.str;
          description = "Names and addresses of the machine as clients call it, with a port that is not 22 as `[web.example.org]:2222`.";
        };
      };
      outputs.options = {
        ref = mkOption {
          type = suiteTypes.secretRef;
          description = "Reference to this version of the secret, for the inputs of other resources. A rotation changes it, so that NixOps4 updates all who take it.";
        };
        version = mkOption {
          type = types.int;
          description = "Number of the version; the first is 1.";
        };
        fingerprint = mkOption {
          type = types.str;
          description = "Tells two values apart and nothing about them: 16 hexadecimal digits of a keyed hash, whose key lies with the value.";
        };
        createdAt = mkOption {
          type = types.str;
          description = "When this version was made, in ISO 8601.";
        };
        publicKey = mkOption {
          type = types.str;
          description = "The public key, one line: also the recipient to which agenix encrypts.";
        };
        knownHosts = mkOption {
          type = types.str;
          description = "Line for `known_hosts`, with all host names.";
        };
        sshfp = mkOption {
          type = types.listOf types.str;
          description = "Values of the SSHFP records of the machine's names, such as `4 2 1f3a...`: the algorithm, SHA-256, and the hash.";
        };
        ageRecipient = mkOption {
          type = types.nullOr types.str;
          description = "The recipient (`age1...`) to which sops encrypts for who has the private key, as `ssh-to-age` tells it; null unless the key is `ed25519`.";
        };
      };
    };
  };
}
