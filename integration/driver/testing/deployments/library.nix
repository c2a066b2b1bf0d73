# NixOps4's library and a provider of small files, for the deployments in this folder. Everything comes from the
# environment, since a root expression has no arguments.
let
  fromEnv =
    name:
    let
      value = builtins.getEnv name;
    in
    if value == "" then throw "${name} is not set" else value;
  lib = import (/. + fromEnv "NIXPKGS_LIB_SRC" + "/lib");
  src = /. + fromEnv "NIXOPS4_SRC";
  nixops4 = {
    outPath = src;
    lib = import (src + "/nix/lib/lib.nix") {
      inherit lib;
      self = nixops4;
      selfWithSystem = _: throw "not needed";
    };
  };
in
{
  inherit lib fromEnv;
  inherit (nixops4.lib) mkRoot;

  # providers/example: each file is a resource.
  example =
    { lib, ... }:
    let
      option =
        type: default:
        lib.mkOption {
          inherit type default;
        };
      required = type: lib.mkOption { inherit type; };
    in
    {
      executable = fromEnv "NODE";
      args = [ (fromEnv "EXAMPLE_PROVIDER") ];
      resourceTypes.file = {
        requireState = false;
        inputs.options = with lib.types; {
          connection.folder = option str (fromEnv "FOLDER");
          managedBy = option str "tests";
          name = required str;
          content = required str;
          mode = option str "0644";
        };
        outputs.options = with lib.types; {
          path = required str;
          sizeBytes = required int;
        };
      };
    };

  local = {
    executable = "nixops4-resources-local";
    resourceTypes.state_file = {
      requireState = false;
      inputs.options.name = lib.mkOption { type = lib.types.str; };
      outputs.options = { };
    };
  };
}
