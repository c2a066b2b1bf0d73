{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    connection = import ./connection.nix { inherit lib; } "`connection` of the provider proxmox, without the token.";
    nodes = mkOption {
      type = types.nonEmptyListOf types.str;
      description = "Nodes for new machines.";
    };
    image = mkOption {
      type = types.str;
      example = "local:import/nixops4.ops.nixos-0123456789abcdef.qcow2";
      description = "Volume of the NixOS image, from the output `volume` of an `image`.";
    };
    storage = mkOption {
      type = types.str;
      description = "Storage of the disks.";
    };
    cloudInitStorage = mkOption {
      type = types.str;
      description = "Storage of the drives for cloud-init.";
    };
    bridge = mkOption {
      type = types.str;
      default = "vmbr0";
      description = "Bridge of the network cards.";
    };
    gateway4 = mkOption {
      type = types.str;
      description = "Gateway for IPv4.";
    };
    prefixLength4 = mkOption {
      type = types.ints.between 0 32;
      description = "Length of the IPv4 network's prefix, in bits.";
    };
    gateway6 = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "Gateway for IPv6. Null means none.";
    };
    prefixLength6 = mkOption {
      type = types.ints.between 0 128;
      default = 64;
      description = "Length of the IPv6 network's prefix, in bits.";
    };
    nameServers = mkOption {
      type = types.nonEmptyListOf types.str;
      description = "Addresses of the resolvers that the machines use.";
    };
    searchDomain = mkOption {
      type = types.str;
      description = "Domain of the machines' host names.";
    };
  };
}
