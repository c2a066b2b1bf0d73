# Optional, for a deployment as a flake: passes its inputs in place of the pins. Remove nixops4.nix, which NixOps4 prefers.
{
  inputs = {
    nixops4 = { url = "github:nixops4/nixops4"; flake = false; };
    nixops4-nixos = { url = "github:nixops4/nixops4-nixos"; flake = false; };
    # OWNER is the owner of this repository.
    nixops4-resources = { url = "github:OWNER/nixops4-resources"; flake = false; };
    nixpkgs = { url = "github:NixOS/nixpkgs/nixpkgs-unstable"; flake = false; };
    nixpkgs-lib = { url = "github:nix-community/nixpkgs.lib"; flake = false; };
  };

  outputs = inputs: { nixops4 = import ./deployment.nix { sources = inputs; }; };
}
