# Two operators with three applications each, at one hosting provider. One run applies one operator: `nixops4 apply alice`.
{
  # External Nix code by name: pins of npins, or the inputs of a flake.
  sources,
}:
let
  # This repository: a pin in your own deployment, the parent folder here.
  resources = import (sources.nixops4-resources or ../.) { inherit sources; };

  operator = blocks: {
    imports = [
      resources.compositions.operator
      blocks
    ];
    # The only file that differs between two hosting providers.
    hostProfile = import ./host-profile.nix { inherit resources sources; };
  };
in
resources.nixops4.lib.mkRoot {
  modules = [
    {
      members.alice = operator ./alice.nix;
      members.bob = operator ./bob.nix;
    }
  ];
}
