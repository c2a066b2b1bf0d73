# A machine in Proxmox VE. Its host keys come from the guest agent, through the authenticated API of Proxmox VE.
{
  lib,
  config,
  members,
  providers,
  ...
}:
let
  inherit (config) hostProfile suspended tenant;
  inherit (hostProfile) proxmox ssh;
  size = config.sizes.${config.size};
  machine = config.machine.proxmox;
  gateway6 = proxmox.gateway6;

  vm = {
    type = providers.proxmox.vm;
    state = config.deploymentState;
    inputs = {
      name = config.names.label;
      inherit (machine) vmid;
      inherit (tenant) pool;
      vmidRange = tenant.vmids;
      inherit (proxmox) nodes;
      source.image.volume = proxmox.image;
      disks.virtio0 = {
        inherit (proxmox) storage;
        sizeGib = size.diskGib;
      };
      cpu.cores = size.cores;
      inherit (size) memoryMib;
      nics.net0.bridge = proxmox.bridge;
      cloudInit = {
        storage = proxmox.cloudInitStorage;
        inherit (ssh) user;
        sshKeys = [ ssh.publicKey ];
        addresses.net0 = {
          ipv4 = "${machine.ipv4}/${toString proxmox.prefixLength4}";
          inherit (proxmox) gateway4;
        }
        // lib.optionalAttrs (machine.ipv6 != null) {
          ipv6 = "${machine.ipv6}/${toString proxmox.prefixLength6}";
          inherit gateway6;
        };
        dns.servers = proxmox.nameServers;
        dns.searchDomain = proxmox.searchDomain;
      };
      # A new size takes effect at once, with a short restart of the machine.
      rebootPolicy = "ifNeeded";
      power = if suspended then "stopped" else "running";
      guest = if suspended then null else { sshHostKeys = true; };
    };
  };
in
{
  options.reach = lib.mkOption {
    type = lib.types.raw;
    internal = true;
    readOnly = true;
    description = "How SSH reaches the machine: `host`, `port` and `hostKeys`.";
  };
  config = {
    members = lib.optionalAttrs (config.machine ? proxmox) { machine = vm; };
    reach =
      if config.machine ? proxmox then
        {
          host = machine.ipv4;
          inherit (ssh) port;
          hostKeys = members.machine.outputs.sshHostKeys;
        }
      else
        { inherit (config.machine.existing) host port hostKeys; };
  };
}
