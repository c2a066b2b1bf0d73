# Members that depend on an output.
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
        members.first = {
          type = providers.example.file;
          inputs.name = "first";
          inputs.content = "";
        };
        members.more.members = lib.genAttrs [ (baseNameOf members.first.outputs.path) ] (name: {
          type = providers.example.file;
          inputs.name = "more-${name}";
          inputs.content = "";
        });
      }
    )
  ];
}
