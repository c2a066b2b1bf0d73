# Applications of the fediverse as NixOps4 components: one block per application. See docs/guides.
{ lib, providerModules }:
let
  kinds = [
    "mastodon"
    "peertube"
    "pixelfed"
  ];
  applications = lib.genAttrs kinds (kind: {
    imports = [
      (import ./application providerModules)
      (./. + "/${kind}")
    ];
  });
in
applications
// {
  # All applications of one operator.
  operator = import ./operator.nix { inherit applications providerModules; };
  # The options of a host profile.
  hostProfile = ./host-profile;
}
