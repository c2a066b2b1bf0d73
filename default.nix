# Entry without flakes; see nix/default.nix.
import ./nix
