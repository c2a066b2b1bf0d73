# NixOps4's Nix library, without flakes. NixOps4 offers it as a flake only, so this file passes the arguments that the
# flake would pass.
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
      # The installation of NixOps4 includes this program.
      executable = lib.mkOverride 90 "nixops4-resources-local";
    };
  };

  # The module evaluates this default before its executable is overridden.
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
