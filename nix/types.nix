# Option types that JSON Schema has no word for.
{ lib }:
let
  inherit (lib) mkOption types;

  described = description: type: type // { inherit description; };

  # A path literal such as ./secret would be copied into the world-readable store; only strings are taken.
  runtimePath = described "absolute path, as a string" (types.strMatching "/.*");

  # "${./secret}" is a string, but a copy in the store already.
  pathOutsideStore = described "absolute path outside the Nix store, as a string" (
    types.addCheck runtimePath (path: !lib.hasPrefix "${builtins.storeDir}/" path)
  );

  # The same for values of any shape: they may have references to secrets in them.
  outsideStore = described "value without paths in the Nix store" (
    types.addCheck types.anything (
      let
        isOutside =
          value:
          if builtins.isAttrs value then
            builtins.all isOutside (builtins.attrValues value)
          else if builtins.isList value then
            builtins.all isOutside value
          else
            !builtins.isPath value
            && !(builtins.isString value && lib.hasPrefix "${builtins.storeDir}/" value);
      in
      isOutside
    )
  );

  # References that say themselves where the secret is.
  directKinds = {
    file = mkOption {
      type = pathOutsideStore;
      description = "File that holds the secret; only its owner may be able to read it.";
    };
    env = mkOption {
      type = types.strMatching "[A-Za-z_][A-Za-z0-9_]*";
      description = "Environment variable of the provider that holds the secret.";
    };
    credential = mkOption {
      type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]*";
      description = "systemd credential that holds the secret.";
    };
    command = mkOption {
      type = types.nonEmptyListOf types.str;
      description = "Program and arguments; what it prints is the secret.";
    };
  };

  directSecretRef = described "reference to a key" (types.attrTag directKinds);

  # A file that only ciphertext is in may be in the store.
  encryptedFile = mkOption {
    type = runtimePath;
    description = "The encrypted file.";
  };

  # The key that opens a store; the references in it are direct, so that nothing lies behind itself.
  identity = mkOption {
    type = directSecretRef;
    description = "Age identity or SSH private key that opens the secrets.";
  };

  # Exactly one of them is not null.
  stores = {
    directory = mkOption {
      type = types.nullOr (
        types.submodule {
          options = {
            folder = mkOption {
              type = runtimePath;
              description = "Folder that holds one age file per secret.";
            };
            inherit identity;
          };
        }
      );
      default = null;
      description = "The store, where it is a folder of age files.";
    };
    postgres = mkOption {
      type = types.nullOr (
        types.submodule {
          freeformType = types.attrsOf outsideStore;
          options = { inherit identity; };
        }
      );
      default = null;
      description = "The store, where it is in PostgreSQL; as `connection.store.postgres` of the provider `secrets`.";
    };
  };
in
{
  # A file on the machine where the provider runs, looked at when it runs.
  inherit runtimePath;

  # Where a secret is found when the provider runs. The secret itself never reaches Nix, the state or a log.
  secretRef = described "reference to a secret" (
    types.attrTag (
      directKinds
      // {
        age = mkOption {
          type = types.submodule {
            options = {
              file = encryptedFile;
              identity = mkOption {
                type = directSecretRef;
                description = "Age identity or SSH private key that opens it.";
              };
            };
          };
          description = "File that age encrypts, also one of agenix.";
        };
        sops = mkOption {
          type = types.submodule {
            options = {
              file = encryptedFile;
              key = mkOption {
                type = types.nonEmptyListOf types.str;
                description = "Names on the way to the value.";
              };
            };
          };
          description = "File that sops encrypts.";
        };
        store = mkOption {
          type = types.addCheck (types.submodule {
            options = {
              name = mkOption {
                type = types.nonEmptyStr;
                description = "Name of the secret.";
              };
              version = mkOption {
                type = types.nullOr types.ints.positive;
                default = null;
                description = "Version of the secret; null is the current one.";
              };
            }
            // stores;
          }) (store: (store.directory or null == null) != (store.postgres or null == null));
          description = "Secret that the provider `secrets` keeps: its output `ref`.";
        };
      }
    )
  );

  # Of a key that itself opens secrets: it cannot lie behind another one.
  inherit directSecretRef;

  intAtLeast =
    lowest:
    described "integer of at least ${toString lowest}" (types.addCheck types.int (n: n >= lowest));
  intAtMost =
    highest:
    described "integer of at most ${toString highest}" (types.addCheck types.int (n: n <= highest));

  # Any JSON value; nixpkgs before 26.05 has no type for it.
  json = types.json or types.anything;
}
