# NixOps4's Nix library from its sources. NixOps4 offers it as a flake only; without one, we hand its files what their
# flake would.
{
  src,
  lib,
  pkgsFor,
}:
let
  self = {
    outPath = src;
    lib = import (src + "/nix/lib/lib.nix") {
      inherit lib self;
      selfWithSystem = withSystem;
    };
    modules.nixops4Component.default = src + "/nix/component/base-modules.nix";
    modules.nixops4Provider.local = {
      imports = [ (import (src + "/nix/providers/local.nix") { withSystem = _: use: use unbuilt; }) ];
      # Its program comes with the installation of NixOps4.
      executable = lib.mkOverride 90 "nixops4-resources-local";
    };
  };

  # What the module asks for before its executable is overridden.
  unbuilt.config.packages.nixops4-resources-local-release = "/unbuilt";

  # Only getProviders and renderProviderDocs need packages.
  withSystem =
    system: use:
    let
      pkgs = pkgsFor system;
    in
    use {
      inherit pkgs system;
      config.builders.renderProviderDocs =
        { module }:
        pkgs.callPackage (src + "/nix/render-provider-docs/package.nix") {
          inherit self;
          providerModule = module;
        };
    };
in
self
