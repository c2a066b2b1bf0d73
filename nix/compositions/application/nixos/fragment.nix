# What every NixOS module of an application begins with:
#   fragment = import ../application/nixos/fragment.nix { inherit lib nixosInputs; folder = ./.; };
#   files         the files with secrets, without the references
#   file name     path of such a file on the machine
#   withSettings  see with-settings.nix
{
  lib,
  nixosInputs,
  # Folder of the application in nix/compositions.
  folder,
}:
{
  files = import (folder + "/files.nix") {
    inherit lib nixosInputs;
    refs = { };
    publicParts = { };
  };
  file = name: "${nixosInputs.secretsFolder}/${name}";
  withSettings = import ./with-settings.nix {
    inherit lib nixosInputs;
    table = import (folder + "/settings.nix");
  };
}
