# An integer from the environment; with LENGTH also an input that is computed from an output.
let
  library = import ./library.nix;
in
library.mkRoot {
  modules = [
    (
      {
        lib,
        members,
        providers,
        ...
      }:
      {
        providers.example = library.example;
        members = {
          file = {
            type = providers.example.file;
            inputs.name = "file";
            inputs.content = "port ${library.fromEnv "PORT"}";
            inputs.timeoutSeconds = lib.toInt (library.fromEnv "PORT");
          };
        }
        // lib.optionalAttrs (builtins.getEnv "LENGTH" != "") {
          length = {
            type = providers.example.file;
            inputs.name = "length";
            inputs.content = builtins.hashString "sha256" members.file.outputs.path;
          };
        };
      }
    )
  ];
}
