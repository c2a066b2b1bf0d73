# A state log, members with and without state, and a composite whose member reads an output of another.
let
  library = import ./library.nix;
in
library.mkRoot {
  modules = [
    (
      { members, providers, ... }:
      {
        providers.example = library.example;
        providers.local = library.local;

        members.state = {
          type = providers.local.state_file;
          inputs.name = library.fromEnv "STATE_FILE";
        };
        members.greeting = {
          type = providers.example.file;
          state = members.state;
          inputs.name = "greeting";
          inputs.content = library.fromEnv "GREETING";
        };
        members.site =
          let
            outer = members;
          in
          { members, ... }:
          {
            members.index = {
              type = providers.example.file;
              state = outer.state;
              inputs.name = "index";
              inputs.content = "The greeting is in ${outer.greeting.outputs.path}.";
            };
            members.copy = {
              type = providers.example.file;
              inputs.name = "copy";
              inputs.content = members.index.outputs.path;
            };
          };
      }
    )
  ];
}
