import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import * as z from "zod/mini";
import { MachineBackend } from "../testing/machine-backend.ts";
import { imageName, perform } from "../testing/machines.ts";
import { main } from "../testing/main.ts";
import { vmRights } from "../testing/rights.ts";
import vm from "./vm.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample ops";
const vmid = 200_100;
const path = `/nodes/pve1/qemu/${vmid}`;

const change = (parameters: Record<string, unknown>) => async (backend: MachineBackend) =>
  void (await backend.server.call("PUT", `${path}/config`, parameters));

// The promises of every resource, tested on the bundled executable, with a tenant's token that has the documented rights only.
// Under OpenTofu, an update of each input takes some seconds for each of fifteen, several times that on a busy machine.
describe(`a VM of ${whatAnswers}`, { timeout: 300_000 }, () => {
  const server = serverOf(startProxmox);
  testResource(vm, {
    main,
    backend: () =>
      MachineBackend.open(server(), {
        rights: vmRights("shop", server().storage, server().bridge),
        pools: ["shop"],
      }),
    reached: "network",
    want: {
      name: "web",
      vmid,
      pool: "shop",
      nodes: ["pve1"],
      description: "Web server",
      tags: ["shop"],
      source: { image: { volume: `local:import/${imageName}` } },
      disks: { virtio0: { storage: "local", sizeGib: 3 } },
      nics: { net0: { bridge: "vmbr0" } },
      cloudInit: {
        storage: "local",
        user: "ops",
        sshKeys: [key],
        addresses: { net0: { ipv4: "192.0.2.5/24", gateway4: "192.0.2.1" } },
        dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
      },
      cpu: { type: "x86-64-v3" },
      balloonMib: 512,
      machine: "q35",
      power: "running",
    },
    changed: {
      hostname: "www",
      description: "Two\nlines, ä",
      tags: ["blue", "green"],
      cpu: { cores: 4, type: "host", limit: 2, units: 200 },
      memoryMib: 2048,
      balloonMib: 1024,
      nics: { net0: { bridge: "vmbr0", firewall: true, vlan: 5 }, net1: { bridge: "vmbr0", model: "e1000" } },
      agent: false,
      serial: false,
      machine: "pc",
      bios: "ovmf",
      onboot: false,
      protection: true,
      power: "stopped",
      cloudInit: {
        storage: "local",
        user: "admin",
        sshKeys: [],
        addresses: { net0: { ipv4: "dhcp", ipv6: "auto" } },
        dns: { servers: ["192.0.2.54"], searchDomain: "example.com" },
      },
      extraConfig: { tablet: "0" },
    },
    notChanged: {
      pool: "a tenant's token may not move a VM: particulars.service.test.ts tests it",
      nodes: "it counts when the VM is created",
      vmidRange: "it counts when the VM is created",
      source: "it counts when the VM is created",
      disks: "a disk does not shrink: particulars.service.test.ts tests it",
      efiDisk: "null leaves it, so there is no way back: firmware.service.test.ts tests it",
      tpmState: "null leaves it, so there is no way back: firmware.service.test.ts tests it",
      onRemoveDisk: "a rule for later requests",
      unusedDisks: "a rule for a destroy",
      shutdownSeconds: "a rule for later requests",
      rebootPolicy: "a rule for later requests",
      startup: "it needs Sys.Modify on /: particulars.service.test.ts tests it",
      guest: "a question to the guest, which changes nothing",
    },
    immutable: { name: "db", vmid: 200_101 },
    drift: {
      memoryMib: change({ memory: "4096" }),
      description: async (backend) => {
        const { description } = z
          .object({ description: z.string() })
          .parse(await backend.server.call("GET", `${path}/config`));
        await change({ description: description.replace("Web server", "By hand") })(backend);
      },
      tags: change({ delete: "tags" }),
      power: async ({ server: at }) => await perform(at, "POST", `${path}/status/stop`),
    },
    makeUnmarked: async ({ server: at }) =>
      await perform(at, "POST", "/nodes/pve1/qemu", {
        vmid,
        pool: "shop",
        name: "web",
        memory: "1024",
        agent: "1",
        serial0: "socket",
        onboot: 1,
        smbios1: "uuid=12345678-1234-4678-9abc-123456789abc",
        virtio0: "local:2,discard=on",
        net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0",
      }),
    makeMore: change({ cores: 8, memory: "16384", net1: "virtio=BC:24:11:00:00:02,bridge=vmbr0,firewall=1" }),
    slow: "a VM is created by tasks that are polled",
    oneBrokenConnection: "the contract of pool tries them all",
    wrongAnswersElsewhere: "the contract of pool tests the same client",
  });
});
