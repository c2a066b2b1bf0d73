# Reads outputs that are no text. PART selects another read: `kind`, `names`, `count`, `last` and `boolean` cannot be recorded.
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
        providers.keys = {
          executable = library.fromEnv "NODE";
          args = [ (library.fromEnv "KEY_PROVIDER") ];
          resourceTypes.key = {
            description = "A key.";
            requireState = false;
            inputs.options.labels = lib.mkOption {
              type = lib.types.attrsOf lib.types.str;
              default = { };
            };
            outputs.options = lib.mapAttrs (_: type: lib.mkOption { inherit type; }) {
              ref = lib.types.nullOr (import ../../../../nix/types.nix { inherit lib; }).secretRef;
              version = lib.types.int;
              labels = lib.types.attrsOf lib.types.str;
              hosts = lib.types.listOf lib.types.str;
              nets = lib.types.attrsOf (lib.types.listOf lib.types.str);
              on = lib.types.bool;
            };
          };
        };
        members.key.type = providers.keys.key;
        members.reader = {
          type = providers.example.file;
          inputs = {
            name = "reader";
            key = members.key.outputs.ref;
            timeoutSeconds = members.key.outputs.version;
            content =
              let
                inherit (members.key.outputs)
                  ref
                  version
                  labels
                  hosts
                  nets
                  on
                  ;
              in
              {
                whole = "version ${toString version}";
                field = ref.file;
                kind = ref.store.name;
                entry = "key ${labels.txt} ${labels."a.b"}";
                element = "${lib.head hosts} ${lib.elemAt hosts 2}";
                deep = lib.head nets.net0;
                names = toString (lib.attrNames labels);
                count = toString (lib.length hosts);
                last = lib.last hosts;
                boolean = toString on;
              }
              .${library.fromEnv "PART"};
          };
        };
        members.labelled = {
          type = providers.keys.key;
          inputs.labels = members.key.outputs.labels;
        };
      }
    )
  ];
}
