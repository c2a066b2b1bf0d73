# Reads an output with tryEval, which catches that it is missing: the file is first created with the wrong content.
let
  library = import ./library.nix;
in
library.mkRoot {
  modules = [
    (
      { members, providers, ... }:
      let
        path = builtins.tryEval members.first.outputs.path;
      in
      {
        providers.example = library.example;
        members.first = {
          type = providers.example.file;
          inputs.name = "first";
          inputs.content = "";
        };
        members.second = {
          type = providers.example.file;
          inputs.name = "second";
          inputs.content = if path.success then path.value else "nowhere";
        };
      }
    )
  ];
}
