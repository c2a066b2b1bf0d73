{ lib, ... }:
{
  options = {
    ipv4 = lib.mkOption {
      type = lib.types.strMatching "[0-9]{1,3}([.][0-9]{1,3}){3}";
      example = "192.0.2.11";
      description = "IPv4 address of the machine, in the network of the host profile.";
    };
    ipv6 = lib.mkOption {
      type = lib.types.nullOr (lib.types.strMatching "[0-9a-f:]+");
      default = null;
      description = "IPv6 address of the machine. Null means none.";
    };
    vmid = lib.mkOption {
      type = lib.types.nullOr (lib.types.ints.between 100 999999999);
      default = null;
      description = "Id of the machine in Proxmox VE. Null takes a free one of the operator's.";
    };
  };
}
