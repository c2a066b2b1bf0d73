# A NixOS guest of Proxmox VE, for images and for the VMs that were created from them:
#   imports = [ resources.modules.nixos.proxmoxGuest ];
# It fits nixpkgs' image variant `qemu` and the defaults of the type `vm`: SeaBIOS, the disk at virtio0, cloud-init, the
# guest agent and a serial console. Where a VM needs something else, set it: the values are defaults.
# Sources: nixos/modules/virtualisation/{disk-image,proxmox-image}.nix, nixos/modules/services/system/cloud-init.nix
{ lib, ... }:
{
  _class = "nixos";

  boot = {
    loader.grub.device = lib.mkDefault "/dev/vda";
    # The last console is the one that the system uses: `qm terminal` shows it.
    kernelParams = [
      "console=tty0"
      "console=ttyS0,115200"
    ];
    # Disks and cards at every slot and of every model that Proxmox has. Without its driver in the initrd a root disk is
    # not found.
    initrd.availableKernelModules = [
      "virtio_pci"
      "virtio_blk"
      "virtio_scsi"
      "virtio_net"
      "ahci"
      "ata_piix"
      "sd_mod"
      "sr_mod"
    ];
    # A disk that grows in Proxmox grows here at the next boot.
    growPartition = lib.mkDefault true;
  };

  # As the image variant `qemu` creates it.
  fileSystems."/" = {
    device = lib.mkDefault "/dev/disk/by-label/nixos";
    fsType = lib.mkDefault "ext4";
    autoResize = lib.mkDefault true;
  };

  networking = {
    # cloud-init gives the name of the VM.
    hostName = lib.mkDefault "";
    # Addresses come from cloud-init, also those of DHCP.
    useDHCP = lib.mkDefault false;
    useNetworkd = lib.mkDefault true;
    # The names that cloud-init uses. It would rename the cards otherwise.
    usePredictableInterfaceNames = lib.mkDefault false;
  };

  services = {
    cloud-init = {
      enable = lib.mkDefault true;
      network.enable = lib.mkDefault true;
      settings = {
        # Other data sources are looked for over the network, which takes minutes.
        datasource_list = lib.mkDefault [
          "NoCloud"
          "None"
        ];
        # NixOS creates the host keys at the first boot, before cloud-init would. They stay when the settings of
        # cloud-init change, so that a pinned key remains valid.
        ssh_deletekeys = lib.mkDefault false;
        ssh_genkeytypes = lib.mkDefault [ ];
      };
    };
    qemuGuest.enable = lib.mkDefault true;
    openssh = {
      enable = lib.mkDefault true;
      # cloud-init writes the keys of `cloudInit.sshKeys` there.
      authorizedKeysInHomedir = lib.mkDefault true;
      settings.PasswordAuthentication = lib.mkDefault false;
      settings.KbdInteractiveAuthentication = lib.mkDefault false;
    };
  };
}
