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
in
{
  # A file on the machine where the provider runs, looked at when it runs.
  inherit runtimePath;

  # Where a secret is found when the provider runs. The secret itself never reaches Nix, the state or a log.
  secretRef = described "reference to a secret" (
    types.attrTag {
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
    }
  );

  intAtLeast =
    lowest:
    described "integer of at least ${toString lowest}" (types.addCheck types.int (n: n >= lowest));
  intAtMost =
    highest:
    described "integer of at most ${toString highest}" (types.addCheck types.int (n: n <= highest));

  # Any JSON value; nixpkgs before 26.05 has no type for it.
  json = types.json or types.anything;
}
