import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { describeMachines } from "../../testing/machine-suite.ts";

const answers = (mac: string, ...addresses: [string, "ipv4" | "ipv6"][]) => [
  {
    name: "lo",
    "hardware-address": "00:00:00:00:00:00",
    "ip-addresses": [{ "ip-address": "127.0.0.1", "ip-address-type": "ipv4", prefix: 8 }],
  },
  {
    name: "docker0",
    "hardware-address": "02:42:00:00:00:01",
    "ip-addresses": [{ "ip-address": "172.17.0.1", "ip-address-type": "ipv4", prefix: 16 }],
  },
  {
    name: "eth0",
    "hardware-address": mac.toLowerCase(),
    "ip-addresses": addresses.map(([address, type]) => ({
      "ip-address": address,
      "ip-address-type": type,
      prefix: 64,
    })),
  },
];

describeMachines("what the guest agent tells", (suite) => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample";
  const guest = (more: object = {}) => ({
    nics: { net0: { bridge: suite().server.bridge } },
    power: "running",
    guest: { addresses: ["ipv4"], timeoutSeconds: 20, ...more },
  });
  test("addresses of the card's MAC, without link-local ones, as soon as the declared family is there, and host keys", async () => {
    const { apply, server } = suite();
    const { outputs } = await apply({ ...guest(), power: null });
    const { vmid, macs } = outputs;
    const agent = {
      interfaces: answers(Object(macs).net0, ["fe80::1", "ipv6"], ["2001:db8::5", "ipv6"], ["192.0.2.7", "ipv4"]),
      files: { "/etc/ssh/ssh_host_ed25519_key.pub": `${key} root@web\n` },
      afterMilliseconds: 1500,
    };
    await server.fault({ fault: "agent", vmid: Number(vmid), agent });
    const asked = await apply(guest({ sshHostKeys: true }));
    expect(asked.error).toBeUndefined();
    expect(asked.outputs).toMatchObject({
      ipv4: { net0: ["192.0.2.7"] },
      ipv6: { net0: ["2001:db8::5"] },
      sshHostKeys: [key],
    });
    const again = await apply(guest({ sshHostKeys: true }));
    expect(again.outcome).toBe("unchanged");
    expect(again.outputs).toEqual(asked.outputs);
  });

  test("all host keys of a guest that creates them one by one at its first boot", async () => {
    const { apply, server } = suite();
    const { vmid } = (await apply({ ...guest(), power: null })).outputs;
    const rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ";
    const tell = (files: Record<string, string>): Promise<void> =>
      server.fault({ fault: "agent", vmid: Number(vmid), agent: { interfaces: [], files } });
    const [rsaFile, file] = ["/etc/ssh/ssh_host_rsa_key.pub", "/etc/ssh/ssh_host_ed25519_key.pub"];
    await tell({ [rsaFile]: rsa });
    const from = (await server.log()).length;
    const asked = apply(guest({ addresses: [], sshHostKeys: true }));
    // The provider has seen the first key.
    while ((await server.log()).slice(from).split("agent/file-read").length <= 3) await pause(20);
    await tell({ [rsaFile]: rsa, [file]: key });
    expect((await asked).outputs["sshHostKeys"]).toEqual([key, rsa]);
    await tell({ [rsaFile]: rsa });
    expect((await apply(guest({ addresses: [], sshHostKeys: true }))).outputs["sshHostKeys"]).toEqual([rsa]);
  });

  test("a family that does not appear in time is a warning, not a failure", async () => {
    const { apply } = suite();
    const { outcome, said, outputs } = await apply(guest({ addresses: ["ipv4", "ipv6"], timeoutSeconds: 2 }));
    expect(outcome).toBe("created");
    expect(said).toContain("(not running) does not tell ipv4 of net0, ipv6 of net0");
    expect(outputs["ipv4"]).toEqual({});
  });

  test("without an agent in the inputs the request fails at once", async () => {
    const { error } = await suite().apply({ ...guest(), agent: false });
    expect(error).toContain("[proxmox.vm.agentMissing]");
  });

  test("static addresses need no agent", async () => {
    const { apply, server } = suite();
    const cloudInit = {
      storage: server.storage,
      addresses: { net0: { ipv4: "192.0.2.5/24", ipv6: "2001:db8::6/64" } },
      dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
    };
    const { outputs, said } = await apply({ ...guest({ addresses: ["ipv4", "ipv6"] }), cloudInit });
    expect(outputs).toMatchObject({ ipv4: { net0: ["192.0.2.5"] }, ipv6: { net0: ["2001:db8::6"] } });
    expect(said).not.toContain("does not tell");
  });
});
