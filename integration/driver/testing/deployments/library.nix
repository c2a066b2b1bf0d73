# Shared by the deployments in this folder. All values come from the environment, since a root expression has no arguments.
let
  resources = import ../../../.. { };
  fromEnv =
    name:
    let
      value = builtins.getEnv name;
    in
    if value == "" then throw "${name} is not set" else value;
in
{
  inherit fromEnv;
  inherit (resources.nixops4.lib) mkRoot;

  # Each of its resources is a file.
  example = {
    imports = [ resources.modules.nixops4Provider.example ];
    executable = fromEnv "NODE";
    args = [ (fromEnv "EXAMPLE_PROVIDER") ];
    connection.folder = fromEnv "FOLDER";
    managedBy = "tests";
  };

  inherit (resources.nixops4.modules.nixops4Provider) local;
}
