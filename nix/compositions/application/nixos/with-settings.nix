# Merges the settings of the block into those of the composition:
#   withSettings = import ../application/nixos/with-settings.nix { inherit lib nixosInputs; table = import ./settings.nix; };
#   services.mastodon.extraConfig = withSettings { S3_ENABLED = "true"; };
# A setting of the block that the table lists is an error: the composition needs its own value. A dot in the table's
# `setting` separates the names of nested settings.
{
  lib,
  nixosInputs,
  table,
}:
let
  inherit (nixosInputs) application name settings;

  # Whether the value says something about the setting at this path.
  sets =
    path: value:
    path == [ ]
    || !lib.isAttrs value
    || (value ? ${lib.head path} && sets (lib.tail path) value.${lib.head path});

  reserved = lib.filter (setting: sets (lib.splitString "." setting) settings) (
    lib.catAttrs "setting" table
  );
in
needed:
if reserved == [ ] then
  lib.recursiveUpdate settings needed
else
  throw ''
    [compositions.settings.reserved] Unable to set ${lib.head reserved} of ${application} ${name}: the composition needs its own value.
    Hint: Remove it from `${application}.${name}.settings`.''
