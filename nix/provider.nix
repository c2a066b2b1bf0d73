# The NixOps4 provider module of one folder in ./providers: its generated types, its executable, and settings for all of
# its resources. `nix/providers/<name>/default.nix` is `import ../../provider.nix ./.`. A provider with additional
# settings imports this module and adds them.
folder:
{ lib, packageFor }:
let
  name = baseNameOf folder;
  generated = import (folder + "/generated.nix") { inherit lib; };
in
{ config, resourceProviderSystem, ... }:
{
  _class = "nixops4Provider";
  imports = [ generated ];

  options = {
    connection = lib.mkOption {
      # Lazy and unchecked, since values may be outputs of other members. `inputs.connection` checks them.
      type = lib.types.lazyAttrsOf lib.types.raw;
      default = { };
      description = "Default of `inputs.connection` for all resources of this provider.";
    };
    managedBy = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      description = "Default of `inputs.managedBy` for all resources of this provider.";
    };
  };

  config = {
    executable = lib.mkDefault "${packageFor resourceProviderSystem}/bin/nixops4-resources-${name}";

    # Settings become inputs, so that NixOps4 sees a changed setting as a change of each resource.
    resourceTypes = lib.mapAttrs (
      _: type:
      lib.optionalAttrs (type.inputs.options ? connection) {
        inputs = {
          connection = lib.mkIf (config.connection != { }) (
            # A resource overrides a choice between kinds of connections as a whole, and everything else by field.
            if type.inputs.options.connection.type.name == "attrTag" then
              lib.mkDefault config.connection
            else
              lib.mapAttrs (_: lib.mkDefault) config.connection
          );
          managedBy = lib.mkIf (config.managedBy != null) (lib.mkDefault config.managedBy);
        };
      }
    ) generated.resourceTypes;
  };
}
