import type { Message } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import { describeMachines } from "../../testing/machine-suite.ts";
import { perform, volumesOf } from "../../testing/machines.ts";

describeMachines("EFI disk and TPM state", (suite) => {
  const on = (more: Message = {}): Message => ({ storage: suite().server.storage, ...more });
  const configOf = async () => (await suite().machine()).config;

  test("they are added to a running VM in place, and pending until its next start", async () => {
    const { apply, server } = suite();
    await apply({ power: "running" });
    const inputs = { bios: "ovmf", efiDisk: on(), tpmState: on(), power: "running" };
    const added = await apply(inputs);
    expect(added.outcome).toBe("updated");
    expect(added.outputs["rebootRequired"]).toEqual(["bios", "efidisk0", "tpmstate0"]);
    expect(added.said).not.toContain("without an EFI disk");
    expect((await apply(inputs)).outcome).toBe("unchanged");
    expect((await apply({ bios: "ovmf", power: "running" })).outcome).toBe("unchanged");
    const rebooted = await apply({ ...inputs, memoryMib: 512, rebootPolicy: "ifNeeded" });
    expect(rebooted.outputs["rebootRequired"]).toEqual([]);
    expect(await configOf()).toMatchObject({
      efidisk0: expect.stringContaining("efitype=4m,pre-enrolled-keys=0,size=528K"),
      tpmstate0: expect.stringContaining("version=v2.0"),
    });
    expect(await volumesOf(server)).toHaveLength(3);
  });

  test("an adopted VM whose EFI disk has keys gets the mark only, and what cannot change is rejected", async () => {
    const { tenant, small, server, backend } = suite();
    const path = `/nodes/${server.nodes[0]}/qemu`;
    await perform(server, "POST", path, {
      vmid: 5004,
      name: "web",
      pool: "shop",
      bios: "ovmf",
      onboot: 1,
      memory: "1024",
      agent: "1",
      serial0: "socket",
      efidisk0: `${server.storage}:0,efitype=4m,pre-enrolled-keys=1`,
      virtio0: `${server.storage}:1,discard=on`,
    });
    await perform(server, "POST", `${path}/5004/status/start`);
    const efiDisk = on({ preEnrolledKeys: true });
    const inputs = { ...small, vmid: 5004, bios: "ovmf", efiDisk, power: "running", adopt: true };
    const log = await server.log();
    const adopted = await tenant.create("vm", { ...inputs, rebootPolicy: "ifNeeded" });
    expect([adopted.outcome, adopted.outputs["rebootRequired"]]).toEqual(["adopted", []]);
    expect((await server.log()).slice(log.length).match(/ (POST|PUT|DELETE) /g)).toHaveLength(1);
    expect((await tenant.plan("vm", inputs)).body).toMatchObject({ differences: [] });
    const before = await backend.snapshot();
    for (const changed of [{ efiDisk: on() }, { efiDisk: on({ type: "2m" }) }]) {
      const { error } = await tenant.create("vm", { ...inputs, memoryMib: 512, ...changed });
      expect(error).toContain("[proxmox.disk.fixed]");
      expect(error).toContain("the EFI disk has type 4m and keys, which cannot change");
    }
    expect(await backend.snapshot()).toEqual(before);
    expect((await tenant.create("vm", { ...inputs, efiDisk: null })).outcome).toBe("unchanged");
  });

  test("they move to another storage, the TPM state only while the VM is off", async () => {
    const { operator, small, server, backend } = suite();
    const apply = (inputs: Message) => operator.create("vm", { ...small, bios: "ovmf", ...inputs });
    const away = on({ storage: server.otherStorage });
    await apply({ power: "running", efiDisk: on(), tpmState: on() });
    expect((await apply({ power: "running", efiDisk: away, tpmState: on() })).error).toBeUndefined();
    expect((await configOf())["efidisk0"]).toMatch(new RegExp(`^${server.otherStorage}:.*efitype=4m`));
    const before = await backend.snapshot();
    const refused = await apply({ efiDisk: away, tpmState: away });
    expect(refused.error).toContain("the TPM state to another storage moves only while it is off");
    const version = await apply({ efiDisk: away, tpmState: on({ version: "v1.2" }) });
    expect(version.error).toContain("[proxmox.disk.fixed]");
    expect(await backend.snapshot()).toEqual(before);
    expect((await apply({ power: "stopped", efiDisk: away, tpmState: away })).error).toBeUndefined();
    expect((await configOf())["tpmstate0"]).toMatch(new RegExp(`^${server.otherStorage}:`));
    expect(await volumesOf(server)).toHaveLength(3);
  });

  test("UEFI firmware without an EFI disk is created and started, with a warning", async () => {
    const { apply } = suite();
    const created = await apply({ bios: "ovmf", power: "running" });
    expect(created.outcome).toBe("created");
    expect(created.said).toContain("UEFI firmware without an EFI disk");
    expect((await apply({ bios: "ovmf", power: "running" })).said).not.toContain("without an EFI disk");
  });
});
