# Contracts in the form of SelfHostBlocks: an application states a request and reads a result, and does not know which
# module fulfils the request. They need `lib` only. docs/contracts.md has examples.
{ lib }:
let
  # The components of NixOps4 that fulfil a request with resources of this repository, as functions of their providers:
  #   imports = [ (resources.contracts.components.database { inherit (providers) postgres secrets; }) ];
  componentOf =
    name: providers:
    let
      file = ./components + "/${name}.nix";
    in
    lib.setDefaultModuleLocation file (import file { inherit lib contracts; } providers);

  contracts =
    lib.genAttrs [
      "account"
      "backup"
      "bucket"
      "database"
      "databasebackup"
      "dns"
      "secret"
    ] (name: import (./. + "/${name}.nix") { inherit lib; })
    // {
      components = lib.genAttrs [
        "account"
        "bucket"
        "database"
        "databasebackup"
        "dns"
        "secret"
      ] componentOf;
    };
in
contracts
