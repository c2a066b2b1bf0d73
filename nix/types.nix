# Option types that JSON Schema cannot express.
{ lib }:
let
  inherit (lib) mkOption types;

  described = description: type: type // { inherit description; };

  # Accepts only strings: Nix would copy a path literal such as ./secret to the world-readable store.
  runtimePath = described "absolute path, as a string" (types.strMatching "/.*");

  # Also rejects "${./secret}", a string that refers to a copy in the store.
  pathOutsideStore = described "absolute path outside the Nix store, as a string" (
    types.addCheck runtimePath (path: !lib.hasPrefix "${builtins.storeDir}/" path)
  );

  # The same for values of any shape, which may contain references to secrets.
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

  # References that locate the secret without a store or a key.
  directKinds = {
    file = mkOption {
      type = pathOutsideStore;
      description = "File that contains the secret. Only its owner may have access to it.";
    };
    env = mkOption {
      type = types.strMatching "[A-Za-z_][A-Za-z0-9_]*";
      description = "Environment variable of the provider that contains the secret.";
    };
    credential = mkOption {
      type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]*";
      description = "Name of the systemd credential that contains the secret.";
    };
    command = mkOption {
      type = types.nonEmptyListOf types.str;
      description = "Program and arguments. Its output is the secret.";
    };
  };

  directSecretRef = described "reference to a key" (types.attrTag directKinds);

  # A file with ciphertext only may be in the store.
  encryptedFile = mkOption {
    type = runtimePath;
    description = "Path of the encrypted file.";
  };

  # The key that decrypts a store. It must be a direct reference, so that no key is needed to find itself.
  identity = mkOption {
    type = directSecretRef;
    description = "Age identity or SSH private key that decrypts the secrets.";
  };

  # Exactly one of them is not null.
  stores = {
    directory = mkOption {
      type = types.nullOr (
        types.submodule {
          options = {
            folder = mkOption {
              type = runtimePath;
              description = "Folder with one age file per secret.";
            };
            inherit identity;
          };
        }
      );
      default = null;
      description = "Store in a folder of age files; null if the store is in PostgreSQL.";
    };
    postgres = mkOption {
      type = types.nullOr (
        types.submodule {
          freeformType = types.attrsOf outsideStore;
          options = { inherit identity; };
        }
      );
      default = null;
      description = "Store in PostgreSQL, as `connection.store.postgres` of the provider `secrets`; null if the store is a folder.";
    };
  };
in
{
  # A path on the machine where the provider runs, read when it runs.
  inherit runtimePath;

  # A path that may name a secret.
  inherit pathOutsideStore;

  # A secret's location, resolved when the provider runs. The secret itself never reaches Nix, the state or a log.
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
                description = "Age identity or SSH private key that decrypts the file.";
              };
            };
          };
          description = "File encrypted with age, including files of agenix.";
        };
        sops = mkOption {
          type = types.submodule {
            options = {
              file = encryptedFile;
              key = mkOption {
                type = types.nullOr (types.nonEmptyListOf (types.either types.str types.ints.unsigned));
                default = null;
                description = "Names on the way to the value in the file, and positions in lists, which start at 0. Null means the whole decrypted file.";
              };
            };
          };
          description = "File encrypted with sops, or a value in it.";
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
                description = "Version of the secret; null uses the current one.";
              };
              id = mkOption {
                type = types.nullOr (types.strMatching "[0-9a-f]{32}");
                default = null;
                description = "Random id of that version, as in the output `ref`. The reference fails if the store has another value under the same number, for example after a restore. Null accepts any value.";
              };
            }
            // stores;
          }) (store: (store.directory or null == null) != (store.postgres or null == null));
          description = "Secret in a store of the provider `secrets`: the output `ref` of a `secret`.";
        };
      }
    )
  );

  # For keys that decrypt secrets: they must not depend on another key.
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
