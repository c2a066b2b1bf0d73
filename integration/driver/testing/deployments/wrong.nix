# Every error that the driver explains: a cycle, a type error, a misspelt input, an output of a wrong type, a derivation.
# Only `fine` can be applied.
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
      let
        file =
          name: content:
          {
            type = providers.example.file;
            inputs = { inherit name content; };
          };
      in
      {
        providers.example = library.example;

        members.fine = file "fine" (lib.warn "this is only said once" "fine");
        members.one = file "one" members.other.outputs.path;
        members.other = file "other" members.one.outputs.path;
        members.after = file "after" members.one.outputs.path;
        members.number = file "number" 5;
        members.misspelt = lib.recursiveUpdate (file "misspelt" "") { inputs.contnet = ""; };
        members.size = file "size" members.fine.outputs.sizeBytes;
        members.built =
          file "built"
            "${derivation {
              name = "something";
              builder = "/bin/sh";
              system = "x86_64-linux";
            }}";
      }
    )
  ];
}
