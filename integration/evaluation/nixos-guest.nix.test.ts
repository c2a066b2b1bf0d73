import { expect, test } from "vitest";
import { describeNix } from "@nixops4-resources/integration-nix/testing";

/**
 * The options of nixpkgs that the module sets, with their types and defaults. nixpkgs itself is too large for a test: a
 * real image shows whether it still has them.
 */
const nixpkgsOptions = `
  { lib, ... }:
  let
    inherit (lib) types;
    option = type: default: lib.mkOption { inherit type default; };
    anything = option (types.attrsOf types.anything) { };
  in
  {
    options = {
      boot.loader.grub.device = option types.str "";
      boot.loader.grub.devices = option (types.listOf types.str) [ ];
      boot.kernelParams = option (types.listOf types.str) [ ];
      boot.initrd.availableKernelModules = option (types.listOf types.str) [ ];
      boot.growPartition = option types.bool false;
      fileSystems = option (types.attrsOf (types.submodule {
        options.device = option (types.nullOr types.str) null;
        options.fsType = option types.str "auto";
        options.autoResize = option types.bool false;
      })) { };
      networking.hostName = option types.str "nixos";
      networking.useDHCP = option types.bool true;
      networking.useNetworkd = option types.bool false;
      networking.usePredictableInterfaceNames = option types.bool true;
      services.cloud-init.enable = option types.bool false;
      services.cloud-init.network.enable = option types.bool false;
      services.cloud-init.settings = anything;
      services.qemuGuest.enable = option types.bool false;
      services.openssh.enable = option types.bool false;
      services.openssh.authorizedKeysInHomedir = option types.bool false;
      services.openssh.settings = anything;
    };
  }`;

/** What nixpkgs' image variant \`qemu\` adds. Source: nixos/modules/virtualisation/disk-image.nix */
const imageVariant = `
  { lib, ... }:
  {
    boot.loader.grub.devices = lib.mkDefault [ "/dev/vda" ];
    boot.growPartition = lib.mkDefault true;
    fileSystems = lib.mkImageMediaOverride {
      "/" = { device = "/dev/disk/by-label/nixos"; autoResize = true; fsType = "ext4"; };
    };
  }`;

await describeNix("a NixOS guest of Proxmox VE", ({ evaluate }) => {
  const configuration = (...modules: string[]): Promise<unknown> =>
    evaluate(`(lib.evalModules {
      class = "nixos";
      modules = [ resources.modules.nixos.proxmoxGuest (${nixpkgsOptions}) ${modules.map((each) => `(${each})`).join(" ")} ];
    }).config`);

  test("takes what cloud-init and the guest agent need, on the disk of the slot virtio0", async () => {
    const guest = await configuration();
    expect(guest).toMatchObject({
      boot: { loader: { grub: { device: "/dev/vda" } }, growPartition: true },
      networking: { hostName: "", useDHCP: false, useNetworkd: true, usePredictableInterfaceNames: false },
      services: {
        "cloud-init": { enable: true, network: { enable: true }, settings: { ssh_deletekeys: false } },
        qemuGuest: { enable: true },
        openssh: { enable: true, authorizedKeysInHomedir: true, settings: { PasswordAuthentication: false } },
      },
    });
  });

  test("has the disk of the image before and after the first switch", async () => {
    const disk = { "/": { device: "/dev/disk/by-label/nixos", fsType: "ext4", autoResize: true } };
    expect(await configuration(imageVariant)).toMatchObject({ fileSystems: disk });
    expect(await configuration()).toMatchObject({ fileSystems: disk });
  });

  test("leaves the last word to the VM's own configuration", async () => {
    const own = `{
      networking.hostName = "web";
      boot.loader.grub.device = "/dev/sda";
      services.openssh.settings.PasswordAuthentication = true;
      services.cloud-init.settings.datasource_list = [ "ConfigDrive" ];
      services.cloud-init.enable = false;
    }`;
    expect(await configuration(own)).toMatchObject({
      networking: { hostName: "web" },
      boot: { loader: { grub: { device: "/dev/sda" } } },
      services: {
        "cloud-init": { enable: false, settings: { datasource_list: ["ConfigDrive"] } },
        openssh: { settings: { PasswordAuthentication: true } },
      },
    });
  });
});
