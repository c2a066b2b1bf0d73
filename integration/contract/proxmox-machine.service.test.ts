import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findGuestImage, guestImageBytes } from "@nixops4-resources/integration-servers/proxmox/debian-guest";
import { startEmulator } from "@nixops4-resources/integration-servers/proxmox/start-emulator";
import { findProgram } from "@nixops4-resources/integration-servers/process/find-program";
import { freePort } from "@nixops4-resources/integration-servers/process/free-port";
import { requireWholeContract } from "@nixops4-resources/integration-servers/server-unavailable";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const run = promisify(execFile);
const executable = (provider: string): string => join(import.meta.dirname, `../../providers/${provider}/dist/main.cjs`);
const secret = "correct horse battery staple";
const bootTime = { timeout: 500_000, interval: 2000 };

// The emulator of the API gives its VM to QEMU: only here does a guest read what cloud-init gets, and its agent answer.
describe("a VM that runs", { timeout: 600_000 }, () => {
  let sshPort: number;
  let folder: string;
  let vm: Message;
  /** As the agent told them at the first boot. */
  let hostKeys: unknown;

  const server = serverOf(async () => {
    requireWholeContract();
    findGuestImage();
    findProgram("qemu-system-x86_64", "qemu-system-x86");
    sshPort = await freePort();
    return await startEmulator({ sshPort });
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nixops4-machine-"));
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "ops", "-f", join(folder, "key")]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const proxmox = (): Deployment => {
    const { url, caFile, tokenFile } = server();
    return new Deployment(executable("proxmox"), { url, token: { file: tokenFile }, tls: { caFile } });
  };

  /**
   * Applies the VM again until its agent tells the host keys, and its SSH server answers: an emulated CPU boots for longer
   * than a request may wait.
   */
  async function untilBooted(): Promise<Message> {
    const outputs = await vi.waitFor(async () => {
      const applied = await proxmox().create("vm", vm);
      expect([applied.error, applied.outcome]).toEqual([undefined, "unchanged"]);
      expect(applied.outputs["sshHostKeys"]).not.toEqual([]);
      return applied.outputs;
    }, bootTime);
    hostKeys ??= outputs["sshHostKeys"];
    await vi.waitFor(() => inGuest("true"), bootTime);
    return outputs;
  }

  /** What a command says in the guest, which must have one of the host keys. */
  async function inGuest(...command: string[]): Promise<string> {
    const keys = Array.isArray(hostKeys) ? hostKeys.map(String) : [];
    const known = join(folder, "known_hosts");
    await writeFile(known, keys.map((key) => `[127.0.0.1]:${sshPort} ${key}\n`).join(""));
    const options = { UserKnownHostsFile: known, StrictHostKeyChecking: "yes", BatchMode: "yes" };
    const { stdout } = await run("ssh", [
      "-F",
      "none",
      "-i",
      join(folder, "key"),
      "-p",
      String(sshPort),
      ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
      "root@127.0.0.1",
      ...command,
    ]);
    return stdout.trim();
  }

  const memoryKib = async (): Promise<number> =>
    Number(/[0-9]+/.exec(await inGuest("grep", "MemTotal", "/proc/meminfo"))?.[0]);

  const secretFile = () =>
    new Deployment(
      executable("secrets"),
      {
        ssh: {
          host: "127.0.0.1",
          port: sshPort,
          user: "root",
          identity: { file: join(folder, "key") },
          hostKey: Array.isArray(hostKeys) ? String(hostKeys[0]) : null,
          configFile: "/dev/null",
        },
      },
      { MACHINE_SECRET: secret },
    ).create("secret_file", { path: "/run/nixops4-secrets/db", source: { env: "MACHINE_SECRET" } });

  test("boots from the uploaded image, with the address of cloud-init, and tells its host keys", async () => {
    const image = await proxmox().create("image", {
      name: "debian",
      file: findGuestImage(),
      storage: "local",
      nodes: ["pve1"],
    });
    expect([image.error, image.outputs["virtualSizeBytes"]]).toEqual([undefined, guestImageBytes]);
    vm = {
      name: "web",
      nodes: ["pve1"],
      source: { image: { volume: image.outputs["volume"] } },
      disks: { virtio0: { storage: "local", sizeGib: 4 } },
      nics: { net0: { bridge: "vmbr0" } },
      cpu: { cores: 2 },
      cloudInit: {
        storage: "local",
        user: "root",
        sshKeys: [(await run("cat", [join(folder, "key.pub")])).stdout.trim()],
        addresses: { net0: { ipv4: "192.0.2.5/24", gateway4: "192.0.2.1" } },
        dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
      },
      guest: { sshHostKeys: true, timeoutSeconds: 30 },
      power: "running",
      rebootPolicy: "ifNeeded",
    };
    const { error, outcome } = await proxmox().create("vm", vm);
    expect([error, outcome]).toEqual([undefined, "created"]);
    const outputs = await untilBooted();
    expect(outputs).toMatchObject({ ipv4: { net0: ["192.0.2.5"] }, rebootRequired: [], cloudInitPending: false });
    expect(await inGuest("hostname", "--fqdn")).toBe("web.example.org");
    expect(await inGuest("ip", "-4", "-o", "address", "show", "eth0")).toContain("192.0.2.5/24");
    expect(await inGuest("cat", "/sys/class/dmi/id/product_uuid")).toBe(outputs["uuid"]);
  });

  test("has grown its root file system to the size of the disk", async () => {
    const bytes = Number(await inGuest("stat", "--file-system", "--format=%b", "/")) * 4096;
    expect(bytes).toBeGreaterThan(3.5 * 1024 ** 3);
  });

  test("takes a secret file over SSH with the host key that its agent told", async () => {
    expect(await secretFile()).toMatchObject({ error: undefined, outcome: "created" });
    expect(await inGuest("cat", "/run/nixops4-secrets/db")).toBe(secret);
    expect((await secretFile()).outcome).toBe("unchanged");
  });

  test("is rebooted for more memory, and keeps its host keys", async () => {
    const before = await memoryKib();
    const larger = { ...vm, memoryMib: 1536 };
    const { error, outcome } = await proxmox().update("vm", vm, larger);
    expect([error, outcome]).toEqual([undefined, "updated"]);
    vm = larger;
    expect(await untilBooted()).toMatchObject({ sshHostKeys: hostKeys, rebootRequired: [] });
    expect((await memoryKib()) - before).toBeGreaterThan(400_000);
    // The file was in memory, and its mark on the disk.
    expect((await secretFile()).outcome).toBe("updated");
    expect(await inGuest("cat", "/run/nixops4-secrets/db")).toBe(secret);
  });

  test("is destroyed, and its machine with it", async () => {
    expect((await proxmox().destroy("vm", vm)).error).toBeUndefined();
    expect(await server().call("GET", "/cluster/resources", { type: "vm" })).toEqual([]);
    await expect(inGuest("true")).rejects.toThrow("Connection refused");
  });
});
