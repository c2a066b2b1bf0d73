import ../../provider.nix ./.
