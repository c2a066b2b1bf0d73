# How a contract is declared. The functions take the same arguments as those of SelfHostBlocks:
#   https://github.com/ibizaman/selfhostblocks/blob/main/modules/contracts/default.nix
{ lib }:
let
  inherit (lib) mkOption types;

  # The default of a field, and its text in the documentation, for defaults that depend on a configuration.
  withDefault =
    arguments: name: option:
    option
    // lib.optionalAttrs (arguments ? ${name}) { default = arguments.${name}; }
    // lib.optionalAttrs (arguments.${name + "Text"} or null != null) {
      defaultText = lib.literalMD arguments.${name + "Text"};
    };

  checkArguments =
    fields: arguments: record:
    let
      known = lib.attrNames fields;
      unknown = lib.subtractLists (known ++ map (name: "${name}Text") known) (lib.attrNames arguments);
    in
    lib.throwIf (unknown != [ ])
      "This contract has no field ${lib.head unknown}. Its fields: ${lib.concatStringsSep ", " known}."
      record;
in
rec {
  # An option with fields. A field is an option, whose default is the argument of the same name, or a record, which takes
  # the argument of the same name as its own arguments.
  record =
    description: fields: arguments:
    checkArguments fields arguments (mkOption {
      inherit description;
      default = { };
      type = types.submodule {
        options = lib.mapAttrs (
          name: field:
          if lib.isFunction field then field (arguments.${name} or { }) else withDefault arguments name field
        ) fields;
      };
    });

  # A contract of two records.
  contract =
    { request, result }:
    {
      mkRequest = request;
      mkResult = result;

      # The options of a module that requests something. The arguments are the defaults of its request.
      mkRequester = requestCfg: {
        request = request requestCfg;
        result = result { };
      };

      # The options of a module that fulfils a request. `resultCfg` has the defaults of its result; `settings` is an
      # option for everything that only this module needs to know.
      mkProvider =
        {
          resultCfg,
          settings ? { },
        }:
        {
          request = request { };
          result = result resultCfg;
        }
        // lib.optionalAttrs (settings != { }) { inherit settings; };
    };
}
