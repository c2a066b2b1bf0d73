# Written by `npm run generate` from the schemas of the provider state; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
in
{
  name = "State";
  description = "NixOps4's state in PostgreSQL 15 or later: locked, fenced and encrypted.";
  resourceTypes = {
    state_postgres = {
      description = "NixOps4 state, stored as a chain of encrypted events in PostgreSQL. Set `state` to this resource only for resources whose type needs a state. One apply at a time can write to it. The operator's manual is docs/state.md.";
      requireState = false;
      inputs.options = {
        connection = mkOption {
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
                default = "postgres";
                description = "Database that contains the states. A separate database is recommended.";
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
            };
          };
          description = "Location of the backend, and the credentials for it.";
        };
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}";
          description = "Name of the state. One database can contain many independent states.";
        };
        schema = mkOption {
          type = types.nonEmptyStr;
          default = "nixops4_state";
          description = "Schema of the database that contains the tables. It is created with the first state.";
        };
        identity = mkOption {
          type = suiteTypes.secretRef;
          description = "Key that decrypts the state: an age identity, or an SSH private key (Ed25519 or RSA) without a passphrase.";
        };
        recipients = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Additional public keys whose owners can decrypt the state: `age1...`, or SSH public key lines. The key of `identity` is always added. Set at least one more whose private key is stored elsewhere: if all private keys are lost, the state is lost. A removed recipient cannot read anything that is written later.";
        };
        keyGeneration = mkOption {
          type = types.ints.positive;
          default = 1;
          description = "Generation of the data key. Raise it to create a new data key, which encrypts everything that is written later. It cannot be lowered.";
        };
        lockTimeoutSeconds = mkOption {
          type = types.ints.between 0 86400;
          default = 30;
          description = "Time to wait for another apply that writes to this state, in seconds.";
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
      outputs.options = {
        openedBy = mkOption {
          type = types.listOf types.str;
          description = "Public keys whose owners can decrypt the state, including the key of `identity`.";
        };
      };
    };
  };
}
