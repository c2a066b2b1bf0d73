# What is wrong with a block, found before anything is sent. The servers enforce the same by the operator's credentials.
{ lib, config, ... }:
let
  inherit (config) domain hostProfile machine tenant;
  inherit (config.names) hosts;
  inherit (tenant) vmids;
  isIn = zone: name: name == zone || lib.hasSuffix ".${zone}" name;
  zonesOf = name: lib.filter (zone: isIn zone name) tenant.zones;
  outside = lib.filter (host: zonesOf host == [ ]) hosts;
  vmid = machine.proxmox.vmid or null;
in
{
  options = {
    problems = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      apply = map (problem: "Application ${config.name}: ${problem}");
      internal = true;
      description = "What is wrong with the block, in sentences.";
    };
    operatorProblems = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = config.problems;
      defaultText = lib.literalExpression "problems";
      internal = true;
      description = "What is wrong with any application of the operator. One problem stops all of them.";
    };
    zone = lib.mkOption {
      type = lib.types.str;
      internal = true;
      readOnly = true;
      description = "The operator's zone that contains the domain; the longest one if there are several.";
    };
    members = lib.mkOption {
      apply = import ./checked.nix {
        inherit lib config;
        problems = config.operatorProblems;
      };
    };
  };
  config = {
    zone = lib.head (lib.sort (one: other: lib.stringLength one > lib.stringLength other) (zonesOf domain));
    problems =
      map (
        host: "${host} is in none of the operator's zones (${lib.concatStringsSep ", " tenant.zones})."
      ) outside
      ++ lib.optional (
        outside == [ ] && lib.any (host: !isIn config.zone host) hosts
      ) "All host names must be in one zone; the domain is in ${config.zone}."
      ++ lib.optional (
        vmid != null && (vmid < vmids.first || vmid > vmids.last)
      ) "The id ${toString vmid} is outside the operator's range, ${toString vmids.first} to ${toString vmids.last}."
      ++ lib.optional (
        machine ? proxmox && hostProfile.proxmox == null
      ) "The host profile has no `proxmox`, so `machine` must be an `existing` one."
      ++ lib.optional (
        config.sso && hostProfile.lldap == null
      ) "The host profile has no `lldap`, so `sso` must be false.";
  };
}
