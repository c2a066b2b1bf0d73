# The names of an application's objects. Each begins with the operator's name.
{ lib, config, ... }:
let
  inherit (config) application machine operator name;
  label = "${operator}-${name}";
  # PostgreSQL needs quotes for a hyphen, which scripts of the applications forget.
  database = lib.replaceStrings [ "-" ] [ "_" ] label;
  bucket = purpose: "${label}-${lib.toLower purpose}";
  hosts = [
    config.domain
  ]
  ++ lib.filter (host: host != null) (lib.catAttrs "host" (lib.attrValues application.buckets));
  declaredIf = condition: value: lib.optional condition (toString value);
  machineHas = value: declaredIf (machine.proxmox.${value} or null != null) machine.proxmox.${value};
in
{
  options.names = lib.mkOption {
    type = lib.types.raw;
    internal = true;
    readOnly = true;
    description = "Names of the objects at the servers.";
  };
  config.names = {
    inherit
      label
      database
      bucket
      hosts
      ;
    secret = secret: "${operator}/${name}/${secret}";
    # What no other member of the operator may declare, by kind. Most names differ because the names of applications do;
    # host names, ids and addresses are the operator's choice.
    declared = {
      "database and role" = [ database ];
      bucket = map bucket (lib.attrNames application.buckets);
      "host name" = map lib.toLower hosts;
      machine = declaredIf (machine ? proxmox) label;
      "machine id" = machineHas "vmid";
      "machine address" = machineHas "ipv4" ++ machineHas "ipv6";
      "account in the directory" = declaredIf config.sso label;
    };
  };
}
