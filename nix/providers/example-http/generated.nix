# Written by `npm run generate` from the schemas of the provider example-http; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
in
{
  name = "Example HTTP";
  description = "Notes on a small HTTP server.";
  resourceTypes = {
    note = {
      description = "A short text. A line of its description is the mark of the deployment that manages it.";
      requireState = false;
      inputs.options = {
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
                description = "API token of the account to work as.";
              };
            };
          };
          description = "Location of the backend, and the credentials for it.";
        };
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}";
          description = "Name of the note. Changing the name declares a different note.";
        };
        text = mkOption {
          type = types.str;
          description = "Text of the note.";
        };
        password = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          default = null;
          description = "Password that readers of the note must enter. Null requires no password.";
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
        url = mkOption {
          type = types.str;
          description = "Address of the note.";
        };
        sizeBytes = mkOption {
          type = types.int;
          description = "Size of the text in bytes.";
        };
      };
    };
  };
}
