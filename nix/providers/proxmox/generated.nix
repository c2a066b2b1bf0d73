# Written by `npm run generate` from the schemas of the provider proxmox; do not edit.
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
            description = "API token, on one line: `USER@REALM!TOKENID=UUID`. A token with privilege separation has only the rights that both its user and itself have.";
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
  name = "Proxmox VE";
  description = "Virtual machines and their firewalls, images, pools, roles, users, API tokens and permissions in a cluster of Proxmox VE.";
  resourceTypes = {
    acl = {
      description = "A permission: a role of a user, a group or a token on a path. Proxmox keeps no comment with it, so it carries no mark, and each resource changes only the permission that it declares. Declare each permission once.";
      requireState = false;
      inputs.options = common // {
        path = mkOption {
          type = types.strMatching "(/|(/[A-Za-z0-9._-]+)+)";
          description = "Path of the permission, such as `/pool/<poolId>`, `/storage/<storage>`, `/sdn/zones/localnetwork/<bridge>`, `/vms/<vmid>`, or `/`. What it names need not exist.";
        };
        roleId = mkOption {
          type = types.strMatching "[A-Za-z0-9._-]+";
          description = "Id of the role: the output of a `role`, or a role of Proxmox itself.";
        };
        user = mkOption {
          type = types.nullOr (types.strMatching "[A-Za-z0-9_][A-Za-z0-9._+-]*(@[A-Za-z0-9._+-]+)*@[A-Za-z][A-Za-z0-9._-]+");
          default = null;
          description = "Id of the user who gets the role. Set one of `user`, `group` and `token`.";
        };
        group = mkOption {
          type = types.nullOr (types.strMatching "[A-Za-z0-9._-]+");
          default = null;
          description = "Id of the group whose members get the role.";
        };
        token = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Id of the token that gets the role, `user!name`: the output of a `token`. Its user gets the role, too, since a token with privilege separation has only privileges that both have.";
        };
        propagate = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the role also counts on everything below the path.";
        };
      };
      outputs.options = {
        subjects = mkOption {
          type = types.listOf types.str;
          description = "Those who get the role, in alphabetical order: the user or group, or the token and its user.";
        };
      };
    };
    firewall = {
      description = "The firewall of a VM: its options, rules, IP sets and aliases, and the addresses that it may use. The mark is the comment of an empty IP set, `nixops4`. Rules, sets and aliases that the deployment manages have the tag `[nixops4]` in their comments; those of others are kept and reported. A VM that is destroyed takes its firewall along.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";
          description = "Name of the firewall within the deployment. It tells two resources of one VM apart, of which the second is refused.";
        };
        vmid = mkOption {
          type = types.ints.between 100 999999999;
          description = "Id of the VM: the output of a `vm`. It is found on whatever node it is.";
        };
        vmManagedBy = mkOption {
          type = types.nullOr (types.strMatching "[a-z0-9-]{1,63}");
          default = null;
          description = "Deployment that manages the VM, so that an operator can limit the VM of a tenant. The firewall of any other VM is refused. Null means this deployment.";
        };
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the firewall of the VM filters. It is switched on after all rules are in place.";
        };
        policyIn = mkOption {
          type = types.enum [ "ACCEPT" "DROP" "REJECT" ];
          default = "DROP";
          description = "What happens to packets to the VM that no rule accepts.";
        };
        policyOut = mkOption {
          type = types.enum [ "ACCEPT" "DROP" "REJECT" ];
          default = "ACCEPT";
          description = "What happens to packets from the VM that no rule rejects.";
        };
        macfilter = mkOption {
          type = types.bool;
          default = true;
          description = "Whether packets from other MAC addresses than the card's are dropped.";
        };
        ipfilter = mkOption {
          type = types.bool;
          default = false;
          description = "Whether every card is limited to the addresses of `antiSpoofing`. A card without an entry there may then use its link-local address only.";
        };
        dhcp = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the VM may use DHCP, whatever the policies and rules say.";
        };
        ndp = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the neighbour discovery of IPv6 is accepted, whatever the policies say.";
        };
        radv = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the VM may send router advertisements.";
        };
        logLevelIn = mkOption {
          type = types.enum [ "emerg" "alert" "crit" "err" "warning" "notice" "info" "debug" "nolog" ];
          default = "nolog";
          description = "Level at which dropped packets to the VM are logged.";
        };
        logLevelOut = mkOption {
          type = types.enum [ "emerg" "alert" "crit" "err" "warning" "notice" "info" "debug" "nolog" ];
          default = "nolog";
          description = "Level at which dropped packets from the VM are logged.";
        };
        rules = mkOption {
          type = types.listOf (types.submodule {
            options = {
              type = mkOption {
                type = types.enum [ "in" "out" "group" ];
                default = "in";
                description = "Direction of the packets as the VM sees it: `in` or `out`. `group` inserts a security group of the cluster.";
              };
              action = mkOption {
                type = types.strMatching "[A-Za-z][A-Za-z0-9_-]{1,19}";
                description = "`ACCEPT`, `DROP` or `REJECT`; for a `group`, the name of the security group.";
              };
              macro = mkOption {
                type = types.nullOr (types.strMatching "[A-Za-z][A-Za-z0-9_-]{0,127}");
                default = null;
                description = "Macro of Proxmox that sets protocol and ports, such as `SSH`. Null means none.";
              };
              proto = mkOption {
                type = types.nullOr (types.strMatching "[a-z0-9][a-z0-9-]*");
                default = null;
                description = "Protocol: `tcp`, `udp`, `icmp`. Null means all.";
              };
              source = mkOption {
                type = types.nullOr (types.strMatching "[+0-9A-Za-z][0-9A-Za-z+.:/,_-]{0,511}");
                default = null;
                description = "Source: addresses, networks or a range, an alias, or an IP set as `+NAME`. Null means all.";
              };
              dest = mkOption {
                type = types.nullOr (types.strMatching "[+0-9A-Za-z][0-9A-Za-z+.:/,_-]{0,511}");
                default = null;
                description = "Destination, in the same form. Null means all.";
              };
              sport = mkOption {
                type = types.nullOr (types.strMatching "[0-9A-Za-z][0-9A-Za-z,:_-]{0,254}");
                default = null;
                description = "Source ports: `22`, `80,443`, `8000:8010`. They need `proto`. Null means all.";
              };
              dport = mkOption {
                type = types.nullOr (types.strMatching "[0-9A-Za-z][0-9A-Za-z,:_-]{0,254}");
                default = null;
                description = "Destination ports, in the same form. Null means all.";
              };
              iface = mkOption {
                type = types.nullOr (types.strMatching "net([12]?[0-9]|3[01])");
                default = null;
                description = "Network card to which the rule applies: `net0`. Null means all cards.";
              };
              icmpType = mkOption {
                type = types.nullOr (types.strMatching "[a-z0-9][a-z0-9/-]*");
                default = null;
                description = "Type of ICMP, such as `echo-request`. It needs `proto`. Null means all.";
              };
              log = mkOption {
                type = types.nullOr (types.enum [ "emerg" "alert" "crit" "err" "warning" "notice" "info" "debug" "nolog" ]);
                default = null;
                description = "Level at which packets of the rule are logged. Null means that they are not.";
              };
              comment = mkOption {
                type = types.nullOr types.str;
                default = null;
                description = "Comment, which is one line. Null means none.";
              };
              enable = mkOption {
                type = types.bool;
                default = true;
                description = "Whether the rule is in effect.";
              };
            };
          });
          default = [ ];
          description = "Rules in the order in which they apply. Rules of others stay in effect, in their own order, before, between or after these.";
        };
        ipsets = mkOption {
          type = types.attrsOf (types.listOf (types.submodule {
            options = {
              cidr = mkOption {
                type = types.str;
                description = "Address, network or alias.";
              };
              nomatch = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the set does not contain it, although a larger network of the set does.";
              };
              comment = mkOption {
                type = types.nullOr types.str;
                default = null;
                description = "Comment, which is one line. Null means none.";
              };
            };
          }));
          default = { };
          description = "IP sets by name, in lower case. A rule refers to one by `+NAME`. Other sets of the VM are kept.";
        };
        antiSpoofing = mkOption {
          type = types.attrsOf (types.listOf types.str);
          default = { };
          description = "Addresses and networks from which the VM may send, by the slot of the card; a card without an entry may use any. Name addresses of both versions of IP: of a version without one, only the link-local address of IPv6 and DHCP are left. Proxmox keeps them in the IP set `ipfilter-SLOT`.";
        };
        aliases = mkOption {
          type = types.attrsOf (types.submodule {
            options = {
              cidr = mkOption {
                type = types.str;
                description = "Address or network.";
              };
              comment = mkOption {
                type = types.nullOr types.str;
                default = null;
                description = "Comment, which is one line. Null means none.";
              };
            };
          });
          default = { };
          description = "Names of addresses and networks, in lower case. Rules and IP sets refer to them by `guest/NAME`. Other aliases of the VM are kept.";
        };
      };
      outputs.options = {
        otherRules = mkOption {
          type = types.listOf types.str;
          description = "Rules that the deployment does not manage, in words. They are kept, and stay in effect.";
        };
        unfilteredCards = mkOption {
          type = types.listOf types.str;
          description = "Cards of the VM without `firewall = true`: nothing filters their packets.";
        };
      };
    };
    image = {
      description = "An image from which VMs are created, uploaded from a file or downloaded by the nodes, without SSH to a node. A volume has no comment, so its name contains the deployment, the name and the SHA-256 of the image: `nixops4.<managedBy>.<name>-<16 digits>.qcow2`. A volume is never changed: another content is another volume. All tokens with access to the storage see its images. A destroy deletes all volumes of the image's name, and VMs that were created from them keep their disks.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_-]{1,60}";
          description = "Name of the image: 1 to 60 letters, digits, hyphens and underscores. Changing the name declares a different image.";
        };
        file = mkOption {
          type = types.nullOr suiteTypes.runtimePath;
          default = null;
          description = "File with the image, on the machine that applies: qcow2, vmdk, ova, or a raw disk with a partition table. With NixOS it is the image variant `qemu` of nixpkgs. A file with another content is uploaded as another volume, and the volumes of before stay: VMs that exist keep their disks. Null means `url`.";
        };
        url = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Address of the image, which each node downloads itself: `https://images.example.org/nixos.qcow2`. It needs `sha256`, and no file. The node checks the certificate of the server. Null means `file`.";
        };
        sha256 = mkOption {
          type = types.nullOr (types.strMatching "[0-9a-f]{64}");
          default = null;
          description = "SHA-256 of the image, in lower-case hexadecimal digits. Null computes that of `file` at every apply, which takes seconds for a large file.";
        };
        format = mkOption {
          type = types.nullOr (types.enum [ "ova" "qcow2" "raw" "vmdk" ]);
          default = null;
          description = "Format of the image at `url`. Null takes it from the end of the address. The format of `file` is that of its content.";
        };
        storage = mkOption {
          type = types.strMatching "[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]";
          description = "Storage for the image. It must store files (a directory, NFS, CIFS, CephFS or BTRFS) and have the content type `import`, which Proxmox VE 8.4 or later has.";
        };
        nodes = mkOption {
          type = types.nonEmptyListOf (types.strMatching "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?");
          description = "Nodes whose storage gets the image. With a storage that the nodes share, one copy serves all, and the first node is enough.";
        };
      };
      outputs.options = {
        volume = mkOption {
          type = types.str;
          description = "Id of the volume, for `source.image` of a VM: `local:import/nixops4.ops.nixos-0123456789abcdef.qcow2`.";
        };
        sha256 = mkOption {
          type = types.str;
          description = "SHA-256 of the image.";
        };
        virtualSizeBytes = mkOption {
          type = types.int;
          description = "Size of the disk in the image, in bytes: a VM's disk cannot be smaller.";
        };
      };
    };
    pool = {
      description = "A pool: VMs and storages on which a tenant gets permissions together, by `acl` on the path `/pool/<name>`. A line of its comment is the mark of the deployment. Two tenants never see each other's VMs. Proxmox does not separate comments of pools, nor images and volume names on a shared storage.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,2}";
          description = "Id of the pool: letters, digits, dots, hyphens and underscores. `a/b` is a pool within the pool `a`, which must exist. Changing the name declares a different pool.";
        };
        comment = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Comment of the pool: at most 1500 characters. Every token of the cluster can read it. Null leaves it as it is.";
        };
        quota = mkOption {
          type = types.submodule {
            options = {
              vms = mkOption {
                type = types.nullOr types.ints.unsigned;
                default = null;
                description = "Largest number of VMs. Null means no limit.";
              };
              cores = mkOption {
                type = types.nullOr types.ints.unsigned;
                default = null;
                description = "Largest number of cores of all VMs together. Null means no limit.";
              };
              memoryMib = mkOption {
                type = types.nullOr types.ints.unsigned;
                default = null;
                description = "Largest memory of all VMs together, in MiB. Null means no limit.";
              };
              diskGib = mkOption {
                type = types.nullOr types.ints.unsigned;
                default = null;
                description = "Largest size of all disks of all VMs together, in GiB. Null means no limit.";
              };
            };
          };
          default = { };
          description = "Limits for the VMs of the pool. The provider stores them in its mark in the comment, which every token of the cluster can read, and checks them itself. Proxmox does not know them, so they are no security boundary: they do not limit what is created without this provider.";
        };
      };
      outputs.options = {
        poolId = mkOption {
          type = types.str;
          description = "Id of the pool, for `pool` of other resources. Its permissions have the path `/pool/<poolId>`.";
        };
      };
    };
    role = {
      description = "A role: a set of privileges that `acl` gives to users, groups and tokens. A role has no comment, so the deployment that manages it is a part of its id: `nixops4.<managedBy>.<name>`.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9._-]{1,100}";
          description = "Name of the role: 1 to 100 letters, digits, dots, hyphens and underscores. Changing the name declares a different role.";
        };
        privileges = mkOption {
          type = types.nonEmptyListOf (types.strMatching "[A-Za-z]+(\\.[A-Za-z]+)+");
          description = "All privileges of the role, such as `VM.Audit`, in any order. Proxmox VE 9 has no `VM.Monitor`; earlier versions have no `VM.GuestAgent.Audit`.";
        };
      };
      outputs.options = {
        roleId = mkOption {
          type = types.str;
          description = "Id of the role, for `roleId` of `acl`.";
        };
      };
    };
    token = {
      description = "An API token of a user. Proxmox shows its secret only once; it goes to a secret store before the resource succeeds. A line of its comment is the mark of the deployment.";
      requireState = false;
      inputs.options = common // {
        user = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9._+-]*(@[A-Za-z0-9._+-]+)*@[A-Za-z][A-Za-z0-9._-]+";
          description = "Id of the user to whom the token belongs, such as an output of `user`. Changing it declares a different token.";
        };
        name = mkOption {
          type = types.strMatching "[A-Za-z][A-Za-z0-9._-]{1,63}";
          description = "Name of the token, unique for its user: 2 to 64 letters, digits, dots, hyphens and underscores, the first one a letter. Changing the name declares a different token.";
        };
        privilegeSeparation = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the token has only privileges that `acl` gives to itself and that its user has, too. False gives it all privileges of its user.";
        };
        expiresAt = mkOption {
          type = types.nullOr (types.strMatching "(never|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))");
          default = null;
          description = "Time from which Proxmox rejects the token, in RFC 3339: `2030-01-31T00:00:00Z`. \"never\" removes it. Null does not manage it; a new token then never expires.";
        };
        comment = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Comment of the token: at most 1500 characters. Null leaves it as it is. A further line of it is the mark of the deployment.";
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
          description = "Secret store for the token. If the store does not have its secret, the token gets a new one, since Proxmox shows a secret only once.";
        };
        secretName = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*";
          description = "Name of the secret in `store`, such as `proxmox/shop-token`.";
        };
      };
      outputs.options = {
        tokenId = mkOption {
          type = types.str;
          description = "Id of the token, `user!name`, for `token` of `acl`.";
        };
        secret = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          description = "Reference to the stored version of the whole token: `USER@REALM!TOKENID=UUID`, as `connection.token` takes it. Null only in the answer to a read, if the store does not have it.";
        };
      };
    };
    user = {
      description = "A user, whose tokens a tenant or a program uses. It gets no password: an API token may set one only while it creates a user. A line of its comment is the mark of the deployment.";
      requireState = false;
      inputs.options = common // {
        userId = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9._+-]*(@[A-Za-z0-9._+-]+)*@[A-Za-z][A-Za-z0-9._-]+";
          description = "Id of the user: name, `@` and realm. A user of the realm `pve` that the provider creates has no password, so it is used by its tokens; set a password by hand if a person is to log in. Changing the id declares a different user.";
        };
        email = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "E-mail address. An empty text removes it. Null leaves it as it is.";
        };
        firstName = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "First name. An empty text removes it. Null leaves it as it is.";
        };
        lastName = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Last name. An empty text removes it. Null leaves it as it is.";
        };
        comment = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Comment of the user: at most 1500 characters. Null leaves it as it is. A further line of it is the mark of the deployment.";
        };
        groups = mkOption {
          type = types.nullOr (types.listOf (types.strMatching "[A-Za-z0-9._-]+"));
          default = null;
          description = "Ids of all groups of which the user is a member; the groups must exist. The user leaves every other group. Null leaves the memberships as they are.";
        };
        enabled = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the user may log in. If false, Proxmox rejects its tokens, too; true makes them work again.";
        };
        expiresAt = mkOption {
          type = types.nullOr (types.strMatching "(never|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))");
          default = null;
          description = "Time from which Proxmox rejects the user and its tokens, in RFC 3339: `2030-01-31T00:00:00Z`. \"never\" removes it. Null does not manage it; a new user then never expires.";
        };
        confirmLoss = mkOption {
          type = types.bool;
          default = false;
          description = "Whether a destroy may delete the user although it has tokens that this deployment does not manage, or permissions with roles that this deployment does not manage. Proxmox deletes them together with the user.";
        };
      };
      outputs.options = {
        userId = mkOption {
          type = types.str;
          description = "Id of the user, for `user` of `token` and `acl`.";
        };
      };
    };
    vm = {
      description = "A virtual machine. Deployment and name determine the UUID in its SMBIOS, by which it is found again on whatever node it is; a line of its notes is the mark of the deployment. Nothing is ever replaced: what cannot change in place is rejected before anything is written. The VM is rebooted only if `rebootPolicy` says so.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?";
          description = "Name of the VM within the deployment, and its name in Proxmox unless `hostname` is set. Changing the name declares a different VM.";
        };
        hostname = mkOption {
          type = types.nullOr (types.strMatching "[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?");
          default = null;
          description = "Name of the VM in Proxmox, which need not be unique; cloud-init makes it the host name. Null means `name`.";
        };
        description = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Notes of the VM, without the mark of the deployment, which is a line of its own. Null leaves them as they are.";
        };
        tags = mkOption {
          type = types.listOf (types.strMatching "[a-z0-9_][a-z0-9_+.-]*");
          default = [ ];
          description = "Tags. Other tags of the VM are kept. A cluster may restrict them by its option `user-tag-access`.";
        };
        pool = mkOption {
          type = types.nullOr (types.strMatching "[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,2}");
          default = null;
          description = "Pool of the VM. A tenant's token has its rights there, and the pool's quota is checked before a create and a growth. A VM of another pool is never taken for this one. Null means no pool.";
        };
        nodes = mkOption {
          type = types.nonEmptyListOf (types.strMatching "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?");
          description = "Nodes for a new VM: one that has the image or the template, chosen by deployment and name. A clone is made on another node than its template only if the nodes share all its storages. A VM that exists stays where it is, and is found on every node.";
        };
        vmid = mkOption {
          type = types.nullOr (types.ints.between 100 999999999);
          default = null;
          description = "Id of the VM, also of an existing one that `adopt` takes over. Null takes a free one of `vmidRange`, which deployment and name determine.";
        };
        vmidRange = mkOption {
          type = types.submodule {
            options = {
              first = mkOption {
                type = types.ints.between 100 999999999;
                default = 100000;
                description = "First id.";
              };
              last = mkOption {
                type = types.ints.between 100 999999999;
                default = 999999;
                description = "Last id.";
              };
            };
          };
          default = { };
          description = "Ids for a new VM. It counts when the VM is created.";
        };
        source = mkOption {
          type = types.nullOr (types.attrTag {
            image = mkOption {
              type = types.submodule {
                options = {
                  volume = mkOption {
                    type = types.str;
                    description = "Id of the volume, from the output `volume` of an `image`: `local:import/nixos.qcow2`.";
                  };
                  slot = mkOption {
                    type = types.strMatching "(scsi([12]?[0-9]|30)|virtio([0-9]|1[0-5])|sata[0-5]|ide[0-3])";
                    default = "virtio0";
                    description = "Slot of the disk that is made from the image. It must be in `disks`.";
                  };
                };
              };
              description = "An image that Proxmox imports.";
            };
            template = mkOption {
              type = types.submodule {
                options = {
                  vmid = mkOption {
                    type = types.ints.between 100 999999999;
                    description = "Id of the template; names of VMs are not unique.";
                  };
                  full = mkOption {
                    type = types.bool;
                    default = true;
                    description = "Whether the disks are copied. `false` makes a linked clone, which needs the template as long as it exists, and whose disks stay on the storage of the template.";
                  };
                };
              };
              description = "A template that Proxmox clones. `disks` must have every disk of the template, with its size or a larger one. All of them go to one storage, or each stays on that of the template. Tags, CPU type, cloud-init and further properties of the template stay, unless the inputs declare them.";
            };
          });
          default = null;
          description = "Where the first contents of the disks come from. It counts when the VM is created: a later change applies to new VMs only, and the provider says so. Null makes empty disks.";
        };
        disks = mkOption {
          type = types.attrsOf (types.submodule {
            options = {
              storage = mkOption {
                type = types.strMatching "[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]";
                description = "Storage of the disk. A change moves the disk with its data, also while the VM runs.";
              };
              sizeGib = mkOption {
                type = types.ints.between 1 1048576;
                description = "Size in GiB. A disk only grows: a smaller size than the present one, or than the image's, is rejected before anything is written.";
              };
              discard = mkOption {
                type = types.bool;
                default = true;
                description = "Whether blocks that the guest discards are freed in the storage. A change takes effect at the next start.";
              };
              ssd = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the guest sees an SSD. Not with virtio. A change takes effect at the next start.";
              };
              iothread = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the disk gets a thread of its own; for virtio and scsi. A change takes effect at the next start.";
              };
              cache = mkOption {
                type = types.enum [ "none" "directsync" "writethrough" "writeback" "unsafe" ];
                default = "none";
                description = "Cache of the host. A change takes effect at the next start.";
              };
              backup = mkOption {
                type = types.bool;
                default = true;
                description = "Whether backups contain the disk.";
              };
              movedFrom = mkOption {
                type = types.nullOr (types.strMatching "(scsi([12]?[0-9]|30)|virtio([0-9]|1[0-5])|sata[0-5]|ide[0-3])");
                default = null;
                description = "Slot from which an existing disk moves to this one, with its data, while the VM is off. It counts as long as that slot has a disk and this one has none. Null makes a new empty disk in a free slot.";
              };
            };
          });
          default = { };
          description = "Disks by slot: `virtio0` to `virtio15`, `scsi0` to `scsi30`, `sata0` to `sata5`, `ide0` to `ide3`. Disks of other slots are removed, as `onRemoveDisk` says; CD-ROM, EFI and TPM drives are not.";
        };
        onRemoveDisk = mkOption {
          type = types.enum [ "detach" "destroy" ];
          default = "detach";
          description = "What happens to a disk whose slot is no longer in `disks`: `detach` keeps the volume as an unused disk of the VM, `destroy` deletes it with its data.";
        };
        unusedDisks = mkOption {
          type = types.enum [ "refuse" "destroy" ];
          default = "refuse";
          description = "What a destroy does if the VM has unused disks: `refuse` rejects the destroy and names them, `destroy` deletes them with the VM.";
        };
        cpu = mkOption {
          type = types.submodule {
            options = {
              cores = mkOption {
                type = types.ints.between 1 1024;
                default = 1;
                description = "Number of cores per socket.";
              };
              sockets = mkOption {
                type = types.ints.between 1 16;
                default = 1;
                description = "Number of sockets.";
              };
              type = mkOption {
                type = types.nullOr (types.strMatching "[A-Za-z0-9][A-Za-z0-9._,+;=-]*");
                default = null;
                description = "Type of the CPU, and its flags: `host`, `x86-64-v3,flags=+aes`. Null leaves it as it is; a new VM without template then gets `x86-64-v2-AES`.";
              };
              limit = mkOption {
                type = types.nullOr types.number;
                default = null;
                description = "Largest use of the host's CPUs, where 1 is one of them. Null means no limit.";
              };
              units = mkOption {
                type = types.nullOr (types.ints.between 1 10000);
                default = null;
                description = "Weight of the VM if the host's CPUs are busy. Null means the default of Proxmox.";
              };
            };
          };
          default = { };
          description = "Processors. A change of cores, sockets and type takes effect at the next start.";
        };
        memoryMib = mkOption {
          type = types.ints.between 16 4194304;
          default = 1024;
          description = "Memory in MiB. A change takes effect at the next start.";
        };
        balloonMib = mkOption {
          type = types.nullOr types.ints.unsigned;
          default = null;
          description = "Memory in MiB down to which Proxmox takes memory back when the host has little; 0 disables it. Null leaves it as it is.";
        };
        nics = mkOption {
          type = types.attrsOf (types.submodule {
            options = {
              bridge = mkOption {
                type = types.strMatching "[-_.A-Za-z0-9]+";
                description = "Bridge or VNet of the card. A token that is not root's needs `SDN.Use` on it.";
              };
              model = mkOption {
                type = types.enum [ "virtio" "e1000" "e1000e" "rtl8139" "vmxnet3" ];
                default = "virtio";
                description = "Model of the card.";
              };
              mac = mkOption {
                type = types.nullOr (types.strMatching "[0-9A-F][02468ACE](:[0-9A-F]{2}){5}");
                default = null;
                description = "MAC address, in upper case. Null keeps the present one; a new card gets one that depends on deployment, name and slot.";
              };
              vlan = mkOption {
                type = types.nullOr (types.ints.between 1 4094);
                default = null;
                description = "VLAN tag. Null means none.";
              };
              firewall = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the firewall of Proxmox filters the card.";
              };
              mtu = mkOption {
                type = types.nullOr (types.ints.between 1 65520);
                default = null;
                description = "MTU; 1 takes that of the bridge. Null means the default of the guest. For virtio only.";
              };
              rate = mkOption {
                type = types.nullOr types.number;
                default = null;
                description = "Largest rate in megabytes per second. Null means no limit.";
              };
            };
          });
          default = { };
          description = "Network cards by slot: `net0` to `net31`. Cards of other slots are removed.";
        };
        agent = mkOption {
          type = types.bool;
          default = true;
          description = "Whether Proxmox talks to the QEMU guest agent.";
        };
        serial = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the VM has a serial console (`qm terminal`).";
        };
        machine = mkOption {
          type = types.nullOr (types.strMatching "[a-z0-9][A-Za-z0-9.+,=_-]*");
          default = null;
          description = "Type of the machine: `q35`, `pc-q35-9.0`. Null leaves it as it is.";
        };
        bios = mkOption {
          type = types.enum [ "seabios" "ovmf" ];
          default = "seabios";
          description = "Firmware. `ovmf` is UEFI, which needs `efiDisk` to keep its boot entries.";
        };
        efiDisk = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              storage = mkOption {
                type = types.strMatching "[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]";
                description = "Storage of the EFI disk. A change moves it with its contents.";
              };
              type = mkOption {
                type = types.enum [ "4m" "2m" ];
                default = "4m";
                description = "Type of the EFI variables. `2m` is for old VMs only. It cannot change.";
              };
              preEnrolledKeys = mkOption {
                type = types.bool;
                default = false;
                description = "Whether Secure Boot begins with the keys of Microsoft and common distributions; for `4m`. NixOS is not signed with them. It cannot change.";
              };
            };
          });
          default = null;
          description = "Disk on which UEFI firmware keeps boot entries and keys, for `bios = \"ovmf\"`. One that is added to a running VM takes effect at the next start. Null leaves the VM as it is.";
        };
        tpmState = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              storage = mkOption {
                type = types.strMatching "[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]";
                description = "Storage of the TPM state. A change moves it with its contents, while the VM is off.";
              };
              version = mkOption {
                type = types.enum [ "v2.0" "v1.2" ];
                default = "v2.0";
                description = "Version of the TPM. It cannot change.";
              };
            };
          });
          default = null;
          description = "State of an emulated TPM. One that is added to a running VM takes effect at the next start. Null leaves the VM as it is.";
        };
        onboot = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the VM starts together with its node. `power = \"stopped\"` switches it off, and restores it afterwards.";
        };
        startup = mkOption {
          type = types.nullOr (types.strMatching "(order=[0-9]+)?(,?up=[0-9]+)?(,?down=[0-9]+)?");
          default = null;
          description = "Order and delays of the start together with the node: `order=1,up=30`. It needs `Sys.Modify` on `/`, which a tenant does not have. Null leaves it as it is.";
        };
        protection = mkOption {
          type = types.bool;
          default = false;
          description = "Whether Proxmox refuses to destroy the VM and its disks.";
        };
        power = mkOption {
          type = types.nullOr (types.enum [ "running" "stopped" ]);
          default = null;
          description = "State of the VM. `stopped` shuts it down, and keeps it off when its node restarts. Null never starts, stops or reboots it; a new VM is then off.";
        };
        shutdownSeconds = mkOption {
          type = types.ints.between 1 3600;
          default = 60;
          description = "Time in seconds for the guest to shut down, before the VM is stopped.";
        };
        rebootPolicy = mkOption {
          type = types.enum [ "never" "ifNeeded" ];
          default = "never";
          description = "Whether a change that takes effect only at the next start reboots the VM. `never` leaves it pending, as the output `rebootRequired` tells.";
        };
        cloudInit = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              storage = mkOption {
                type = types.strMatching "[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]";
                description = "Storage of the drive that Proxmox makes for cloud-init. It counts when the drive is created.";
              };
              user = mkOption {
                type = types.nullOr (types.strMatching "[a-z_][a-z0-9_-]{0,31}");
                default = null;
                description = "User that cloud-init creates. Null leaves it to the image.";
              };
              sshKeys = mkOption {
                type = types.listOf types.str;
                default = [ ];
                description = "Public SSH keys of this user, one line each.";
              };
              addresses = mkOption {
                type = types.attrsOf (types.submodule {
                  options = {
                    ipv4 = mkOption {
                      type = types.nullOr (types.strMatching "(dhcp|[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2})");
                      default = null;
                      description = "`dhcp`, or an address with prefix: `192.0.2.5/24`. Null means no IPv4.";
                    };
                    gateway4 = mkOption {
                      type = types.nullOr (types.strMatching "([0-9]{1,3}(\\.[0-9]{1,3}){3})");
                      default = null;
                      description = "Gateway for IPv4. Null means none.";
                    };
                    ipv6 = mkOption {
                      type = types.nullOr (types.strMatching "(auto|dhcp|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/[0-9]{1,3})");
                      default = null;
                      description = "`auto` (SLAAC), `dhcp`, or an address with prefix: `2001:db8::5/64`. Null means no IPv6.";
                    };
                    gateway6 = mkOption {
                      type = types.nullOr (types.strMatching "([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)");
                      default = null;
                      description = "Gateway for IPv6. Null means none.";
                    };
                  };
                });
                default = { };
                description = "Addresses by the slot of the card in `nics`.";
              };
              dns = mkOption {
                type = types.submodule {
                  options = {
                    servers = mkOption {
                      type = types.nonEmptyListOf (types.strMatching "([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)");
                      description = "Addresses of the name servers. Without them Proxmox would pass on those of the node, and the guest would become a new machine when they change.";
                    };
                    searchDomain = mkOption {
                      type = types.strMatching "[A-Za-z0-9.-]+";
                      description = "Search domain; also the domain of the host name.";
                    };
                  };
                };
                description = "Name servers and search domain.";
              };
            };
          });
          default = null;
          description = "Settings for cloud-init, which the guest reads at its first boot. Proxmox derives the instance id from user, keys, addresses, DNS, the host name and the MAC addresses of cards with addresses: after a change of these, the next boot sets the guest up as a new machine, with new SSH host keys. Nothing is rebooted for it. Null does not manage cloud-init.";
        };
        guest = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              addresses = mkOption {
                type = types.listOf (types.enum [ "ipv4" "ipv6" ]);
                default = [ "ipv4" ];
                description = "Families of addresses that each card in `nics` should have. A create or update waits for them; if one does not appear in time, a warning names family and card.";
              };
              sshHostKeys = mkOption {
                type = types.bool;
                default = false;
                description = "Whether to read the guest's public SSH host keys.";
              };
              timeoutSeconds = mkOption {
                type = types.ints.between 1 3600;
                default = 120;
                description = "Longest wait for the agent in seconds, after the VM was started.";
              };
            };
          });
          default = null;
          description = "What to ask the QEMU guest agent for, once the VM runs. Null asks for nothing: the outputs then have the addresses of `cloudInit` only.";
        };
        extraConfig = mkOption {
          type = types.attrsOf types.str;
          default = { };
          description = "Further properties of the VM by Proxmox's names: `{ vga = \"serial0\"; hotplug = \"disk,network\"; }`. Proxmox checks them. A property that is no longer declared is removed.";
        };
        adoptLowers = mkOption {
          type = types.bool;
          default = false;
          description = "Whether adopting may reset what the existing object has and these inputs leave at their defaults, and remove entries that they do not list. False refuses such an adoption and names what it would change. It has no effect on an object that the deployment manages already.";
        };
      };
      outputs.options = {
        vmid = mkOption {
          type = types.int;
          description = "Id of the VM.";
        };
        node = mkOption {
          type = types.str;
          description = "Node on which the VM is.";
        };
        uuid = mkOption {
          type = types.nullOr types.str;
          description = "UUID that the guest sees in its SMBIOS. Null if an adopted VM has none.";
        };
        macs = mkOption {
          type = types.attrsOf types.str;
          description = "MAC addresses by the slot of the card.";
        };
        ipv4 = mkOption {
          type = types.attrsOf (types.listOf types.str);
          description = "IPv4 addresses by the slot of the card, from `cloudInit` or the guest agent.";
        };
        ipv6 = mkOption {
          type = types.attrsOf (types.listOf types.str);
          description = "IPv6 addresses by the slot of the card, without link-local ones.";
        };
        sshHostKeys = mkOption {
          type = types.listOf types.str;
          description = "Public SSH host keys that the guest agent reads, for `known_hosts`. Empty unless `guest.sshHostKeys` asks for them.";
        };
        rebootRequired = mkOption {
          type = types.listOf types.str;
          description = "Properties of Proxmox that wait for the next start, by Proxmox's names.";
        };
        cloudInitPending = mkOption {
          type = types.bool;
          description = "Whether the guest has not booted since the settings for cloud-init changed. The next boot makes it a new machine.";
        };
        unusedDisks = mkOption {
          type = types.listOf types.str;
          description = "Volumes of detached disks that belong to the VM.";
        };
      };
    };
  };
}
