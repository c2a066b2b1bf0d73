# The names of an application's objects. Each begins with the operator's name.
{ lib, config, ... }:
let
  inherit (config) operator name;
  label = "${operator}-${name}";
in
{
  options.names = lib.mkOption {
    type = lib.types.raw;
    internal = true;
    readOnly = true;
    description = "Names of the objects at the servers.";
  };
  config.names = {
    inherit label;
    # PostgreSQL needs quotes for a hyphen, which scripts of the applications forget.
    database = lib.replaceStrings [ "-" ] [ "_" ] label;
    secret = secret: "${operator}/${name}/${secret}";
    bucket = purpose: "${label}-${lib.toLower purpose}";
  };
}
