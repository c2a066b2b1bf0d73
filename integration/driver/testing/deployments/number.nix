# Reads an output that is a number.
let
  library = import ./library.nix;
in
library.mkRoot {
  modules = [
    (
      { members, providers, ... }:
      {
        providers.example = library.example;
        members.file = {
          type = providers.example.file;
          inputs.name = "file";
          inputs.content = "";
        };
        members.size = {
          type = providers.example.file;
          inputs.name = "size";
          inputs.content = toString members.file.outputs.sizeBytes;
        };
      }
    )
  ];
}
