# Written by `npm run generate` from the schemas of the provider state; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
in
{
  name = "State";
  description = "NixOps4's state, locked, fenced and encrypted, in PostgreSQL of version 15 or later.";
  resourceTypes = {
    state_postgres = {
      description = "A state of NixOps4, as a chain of encrypted events in PostgreSQL. Name it in the `state` of other resources. One apply at a time writes to it; docs/state.md is its operator's manual.";
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
                description = "Database that keeps the states; best one of their own.";
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
            };
          };
          description = "How to reach the backend, and as whom.";
        };
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}";
          description = "Name of the state. Many states fit into one database and never touch each other.";
        };
        schema = mkOption {
          type = types.nonEmptyStr;
          default = "nixops4_state";
          description = "Schema of the database that has the tables. It is made with the first state in it.";
        };
        identity = mkOption {
          type = suiteTypes.secretRef;
          description = "Key that opens the state: an age identity, or an SSH private key without passphrase (ed25519 or RSA).";
        };
        recipients = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Public keys whose owners can open the state too: `age1...`, or lines of SSH public keys. That of `identity` is always among them. Have one more whose private half lies elsewhere: without any, the state is lost. Who is removed here can read nothing that is written afterwards.";
        };
        keyGeneration = mkOption {
          type = types.ints.positive;
          default = 1;
          description = "Raise it for a new data key, which encrypts what is written from then on.";
        };
        lockTimeoutSeconds = mkOption {
          type = types.ints.between 0 86400;
          default = 30;
          description = "How long to wait for another apply that writes to this state, in seconds.";
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
      outputs.options = {
        openedBy = mkOption {
          type = types.listOf types.str;
          description = "Public keys whose owners can open the state, `identity`'s own among them.";
        };
      };
    };
  };
}
