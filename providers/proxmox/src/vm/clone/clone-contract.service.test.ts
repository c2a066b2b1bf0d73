import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { MachineBackend } from "../../testing/machine-backend.ts";
import { perform } from "../../testing/machines.ts";
import { main } from "../../testing/main.ts";
import { vmRights } from "../../testing/rights.ts";
import { provideTemplate, templateId, templateRights } from "../../testing/templates.ts";
import vm from "../vm.ts";

const elsewhere = "the contract with an image changes it by the same code";

// A VM that is cloned is created by other calls, and afterwards it is a VM like others.
describe(`a VM that is cloned on ${whatAnswers}`, () => {
  const server = serverOf(startProxmox);
  testResource(vm, {
    main,
    backend: () =>
      MachineBackend.open(
        server(),
        {
          rights: [...vmRights("shop", server().storage, server().bridge), ...templateRights(templateId)],
          pools: ["shop"],
        },
        (at) => provideTemplate(at),
      ),
    reached: "network",
    want: {
      name: "cloned",
      vmid: 200_200,
      pool: "shop",
      nodes: ["pve1"],
      source: { template: { vmid: templateId } },
      disks: { virtio0: { storage: "local", sizeGib: 3 } },
      nics: { net0: { bridge: "vmbr0" } },
      power: "running",
    },
    changed: { memoryMib: 2048 },
    notChanged: Object.fromEntries(
      Object.keys(vm.inputs)
        .filter((name) => !["name", "vmid", "memoryMib"].includes(name))
        .map((name) => [name, elsewhere]),
    ),
    immutable: { name: "other", vmid: 200_201 },
    drift: {},
    notDrifting: "the contract with an image changes a VM by hand",
    makeUnmarked: ({ server: at }) =>
      perform(at, "POST", "/nodes/pve1/qemu", {
        vmid: 200_200,
        name: "cloned",
        pool: "shop",
        memory: "1024",
        agent: "1",
        serial0: "socket",
        onboot: 1,
        smbios1: "uuid=12345678-1234-4678-9abc-123456789abc",
        virtio0: "local:2,discard=on",
      }),
    makeMore: async ({ server: at }) =>
      void (await at.call("PUT", "/nodes/pve1/qemu/200200/config", { memory: "16384" })),
    onlyCreatesKilled: "the contract with an image kills the others, which are the same code",
    slow: "a VM is created by tasks that are polled",
    oneBrokenConnection: "the contract of pool tries them all",
    wrongAnswersElsewhere: "the contract of pool tests the same client",
    overtakenElsewhere: "the contract with an image is overtaken in the same code",
  });
});
