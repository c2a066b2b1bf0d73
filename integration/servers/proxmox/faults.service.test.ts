import { createServer } from "node:http";
import { once } from "node:events";
import { beforeEach, describe, expect, test } from "vitest";
import { whatAnswers, startProxmox } from "./proxmox.ts";
import { serverOf } from "../testing.ts";

describe.skipIf(whatAnswers === "Proxmox VE")("faults of the emulator", () => {
  const server = serverOf(startProxmox);
  beforeEach(() => server().fault({ fault: "none" }));

  type Row = Readonly<Record<string, unknown>>;
  const row = async (path: string): Promise<Row> => Object(await server().call("GET", path));
  const rows = async (path: string): Promise<Row[]> => Array.from(Object(await server().call("GET", path)), Object);
  const pools = async (): Promise<unknown[]> => (await rows("/pools")).map(({ poolid }) => poolid);

  /** The exit status of a task. */
  async function ended(upid: unknown): Promise<unknown> {
    const node = String(upid).split(":")[1];
    for (;;) {
      const task = await row(`/nodes/${node}/tasks/${encodeURIComponent(String(upid))}/status`);
      if (task["status"] !== "running") return task["exitstatus"];
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const create = (vmid: number, values: Row = {}): Promise<unknown> =>
    server().call("POST", "/nodes/pve1/qemu", { vmid, ...values });

  test("loses the answer of a call that was carried out", async () => {
    await server().fault({ fault: "answer", method: "POST", path: "/pools", status: 596, when: "afterwards" });
    await expect(server().call("POST", "/pools", { poolid: "late" })).rejects.toThrow("596 Connection timed out");
    expect(await pools()).toContain("late");
    expect(await server().log()).toMatch(/POST \/pools root@pam!tests 596 instead of 200/);
  });

  test("answers 595 in place of the second call that matches", async () => {
    const fault = { fault: "answer", method: "POST", path: "/pools", status: 595, when: "instead", after: 1 } as const;
    await server().fault(fault);
    await server().call("POST", "/pools", { poolid: "first" });
    await expect(server().call("POST", "/pools", { poolid: "second" })).rejects.toThrow("595 No route to host");
    await server().call("POST", "/pools", { poolid: "third" });
    expect(await pools()).toEqual(expect.arrayContaining(["first", "third"]));
    expect(await pools()).not.toContain("second");
  });

  test("resets a connection before and after the work", async () => {
    for (const [poolid, when] of [["before", "instead"] as const, ["after", "afterwards"] as const]) {
      await server().fault({ fault: "reset", method: "POST", path: "/pools", when });
      await expect(server().call("POST", "/pools", { poolid })).rejects.toThrow(/hang up|reset/);
    }
    expect(await pools()).toContain("after");
    expect(await pools()).not.toContain("before");
  });

  test("holds the lock of a VM's file for one change", async () => {
    expect(await ended(await create(200))).toBe("OK");
    await server().fault({ fault: "lockTimeout", vmid: 200, milliseconds: 10 });
    const change = (): Promise<unknown> => server().call("PUT", "/nodes/pve1/qemu/200/config", { cores: 2 });
    await expect(change()).rejects.toThrow("500 can't lock file '/var/lock/qemu-server/lock-200.conf' - got timeout");
    expect(await change()).toBeNull();
  });

  test("holds the lock of a template against a clone", async () => {
    await ended(await create(205));
    await server().fault({ fault: "lockTimeout", vmid: 205, milliseconds: 10 });
    const clone = (): Promise<unknown> => server().call("POST", "/nodes/pve1/qemu/205/clone", { newid: 206 });
    expect(await ended(await clone())).toBe("can't lock file '/var/lock/qemu-server/lock-205.conf' - got timeout");
    expect(await ended(await clone())).toBe("OK");
    expect(await row("/nodes/pve1/qemu/206/config")).toMatchObject({ name: "Copy-of-VM-205" });
  });

  test("kills the worker of a create and of a clone, which leave their locks", async () => {
    await server().fault({ fault: "killTask", type: "qmcreate" });
    expect(await ended(await create(210, { name: "dead", scsi0: "local:1" }))).toBe("unexpected status");
    expect(await row("/nodes/pve1/qemu/210/config")).toEqual({ lock: "create", digest: expect.any(String) });
    expect(await ended(await server().call("DELETE", "/nodes/pve1/qemu/210"))).toBe("VM is locked (create)");
    await ended(await create(211, { scsi0: "local:1" }));
    await server().fault({ fault: "killTask", type: "qmclone" });
    const clone = await server().call("POST", "/nodes/pve1/qemu/211/clone", { newid: 212, name: "copy" });
    expect(await ended(clone)).toBe("unexpected status");
    expect(await row("/nodes/pve1/qemu/212/config")).toMatchObject({ lock: "clone" });
    await server().fault({ fault: "lock", vmid: 212, lock: null });
    expect(await ended(await server().call("DELETE", "/nodes/pve1/qemu/212"))).toBe("OK");
  });

  test("fails a create, which cleans up, and adds a warning to another one", async () => {
    await server().fault({ fault: "taskError", type: "qmcreate", text: "no space left" });
    expect(await ended(await create(220, { scsi0: "local:1" }))).toBe("unable to create VM 220 - no space left");
    expect(await rows("/nodes/pve1/storage/local/content?vmid=220")).toEqual([]);
    await server().fault({ fault: "taskWarning", type: "qmcreate", text: "low on space" });
    const upid = await create(220);
    expect(await ended(upid)).toBe("WARNINGS: 1");
    const log = await rows(`/nodes/pve1/tasks/${encodeURIComponent(String(upid))}/log`);
    expect(log.map(({ t }) => t)).toEqual(["WARN: low on space", "TASK WARNINGS: 1"]);
  });

  test("lets a task take its time", async () => {
    await server().fault({ fault: "slowTask", type: "qmcreate", milliseconds: 2000 });
    const upid = await create(230);
    const path = `/nodes/pve1/tasks/${encodeURIComponent(String(upid))}/status`;
    expect(await row(path)).toMatchObject({ status: "running" });
    expect(await row(path)).not.toHaveProperty("exitstatus");
    expect(await ended(upid)).toBe("OK");
  });

  const ask = (): Promise<Row> => row("/nodes/pve1/qemu/240/agent/network-get-interfaces");
  const readFile = (file: string): Promise<Row> => row(`/nodes/pve1/qemu/240/agent/file-read?file=${file}`);

  test("has a guest agent that is not configured, absent, late and answering", async () => {
    await ended(await create(240));
    await expect(ask()).rejects.toThrow("500 No QEMU guest agent configured");
    await server().call("PUT", "/nodes/pve1/qemu/240/config", { agent: "enabled=1" });
    await expect(ask()).rejects.toThrow("500 VM 240 is not running");
    await ended(await server().call("POST", "/nodes/pve1/qemu/240/status/start"));
    await expect(ask()).rejects.toThrow("500 QEMU guest agent is not running");
    const interfaces = [{ name: "lo", "ip-addresses": [{ "ip-address": "127.0.0.1", "ip-address-type": "ipv4" }] }];
    const files = { "/etc/ssh/ssh_host_ed25519_key.pub": "ssh-ed25519 AAAA host\n" };
    await server().fault({ fault: "agent", vmid: 240, agent: { afterMilliseconds: 400, interfaces, files } });
    await expect(ask()).rejects.toThrow("500 QEMU guest agent is not running");
    await expect.poll(ask, { timeout: 5000 }).toEqual({ result: interfaces });
    expect(await readFile("/etc/ssh/ssh_host_ed25519_key.pub")).toMatchObject({ content: "ssh-ed25519 AAAA host\n" });
    await expect(readFile("/etc/none")).rejects.toThrow("No such file or directory");
  });

  const listed = async (wanted: number): Promise<unknown> =>
    (await rows("/cluster/resources?type=vm")).find(({ vmid }) => vmid === wanted);

  test("reports names late, and tags and locks at once", async () => {
    await server().fault({ fault: "reportDelay", milliseconds: 60_000 });
    await ended(await create(250, { name: "fresh", tags: "b,a" }));
    expect(await listed(250)).toEqual({
      id: "qemu/250",
      type: "qemu",
      vmid: 250,
      node: "pve1",
      status: "unknown",
      tags: "a;b",
    });
    await server().fault({ fault: "reportDelay", milliseconds: 0 });
    expect(await listed(250)).toMatchObject({ name: "fresh", status: "stopped", template: 0 });
  });

  test("has a node that is down, and VMs that move to another node", async () => {
    await ended(await create(260, { scsi0: "local:1" }));
    await server().fault({ fault: "move", vmid: 260, node: "pve2" });
    const moved = "500 Configuration file 'nodes/pve1/qemu-server/260.conf' does not exist";
    await expect(row("/nodes/pve1/qemu/260/config")).rejects.toThrow(moved);
    expect(await row("/nodes/pve2/qemu/260/config")).toMatchObject({ scsi0: "local:260/vm-260-disk-0.raw,size=1G" });
    await server().fault({ fault: "node", node: "pve2", isDown: true });
    await expect(row("/nodes/pve2/qemu/260/config")).rejects.toThrow("595 No route to host");
    await server().fault({ fault: "node", node: "pve2", isDown: false });
    const migration = { target: "pve1", "with-local-disks": 1 };
    expect(await ended(await server().call("POST", "/nodes/pve2/qemu/260/migrate", migration))).toBe("OK");
    expect(await row("/nodes/pve1/qemu/260/config")).toHaveProperty("scsi0");
  });

  test("shuts down a guest that hangs only by force", async () => {
    await ended(await create(270));
    await ended(await server().call("POST", "/nodes/pve1/qemu/270/status/start"));
    await server().fault({ fault: "shutdown", vmid: 270, guest: "hangs" });
    const shutDown = (more: Row): Promise<unknown> =>
      server().call("POST", "/nodes/pve1/qemu/270/status/shutdown", { timeout: 1, ...more });
    expect(await ended(await shutDown({}))).toBe("VM quit/powerdown failed - got timeout");
    expect(await ended(await shutDown({ forceStop: 1 }))).toBe("OK");
    expect(await row("/nodes/pve1/qemu/270/status/current")).toMatchObject({ status: "stopped" });
  });

  test("runs the HA manager, which acts later than the task that asks it, and ignores requests after an error", async () => {
    const act = async (action: string): Promise<unknown> =>
      ended(await server().call("POST", `/nodes/pve1/qemu/280/status/${action}`));
    const until = async (expected: Row): Promise<void> =>
      await expect.poll(() => row("/nodes/pve1/qemu/280/status/current"), { timeout: 5000 }).toMatchObject(expected);
    await ended(await create(280));
    await server().call("POST", "/cluster/ha/resources", { sid: "vm:280", state: "stopped" });
    expect(await act("start")).toBe("OK");
    await until({ status: "stopped", ha: { managed: 1, state: null } });
    await server().fault({ fault: "haManager", milliseconds: 20 });
    await until({ status: "running", ha: { managed: 1, state: "started" } });
    expect(await act("shutdown")).toBe("OK");
    await until({ status: "stopped", ha: { managed: 1, state: "stopped" } });
    expect(await row("/cluster/ha/resources/vm:280")).toMatchObject({ state: "stopped" });
    await server().fault({ fault: "haError", vmid: 280 });
    expect(await act("start")).toBe("command 'ha-manager set vm:280 --state started' failed: exit code 255");
    await server().call("PUT", "/cluster/ha/resources/vm:280", { state: "disabled" });
    await until({ ha: { managed: 1, state: "stopped" } });
  });

  test("restarts a node, whose VMs start again only with `onboot`", async () => {
    for (const [vmid, onboot] of [[281, 1] as const, [282, 0] as const]) {
      await ended(await create(vmid, { onboot }));
      await ended(await server().call("POST", `/nodes/pve1/qemu/${vmid}/status/start`));
    }
    await server().fault({ fault: "rebootNode", node: "pve1" });
    expect(await row("/nodes/pve1/qemu/281/status/current")).toMatchObject({ status: "running", uptime: 1 });
    expect(await row("/nodes/pve1/qemu/282/status/current")).toMatchObject({ status: "stopped" });
  });

  test("moves a disk without a snapshot only, and the TPM state of a VM that is off", async () => {
    await ended(await create(290, { scsi0: "local:1,format=qcow2", tpmstate0: "local:1,version=v2.0" }));
    const move = (disk: string): Promise<unknown> =>
      server().call("POST", "/nodes/pve1/qemu/290/move_disk", { disk, storage: "local2", delete: 1 });
    await ended(await server().call("POST", "/nodes/pve1/qemu/290/status/start"));
    const refused = "storage migration failed: cannot move TPM state while VM is running";
    expect(await ended(await move("tpmstate0"))).toBe(refused);
    await ended(await server().call("POST", "/nodes/pve1/qemu/290/status/stop"));
    expect(await ended(await move("tpmstate0"))).toBe("OK");
    await server().call("PUT", "/nodes/pve1/qemu/290/config", { delete: "tpmstate0" });
    expect(await ended(await server().call("POST", "/nodes/pve1/qemu/290/snapshot", { snapname: "one" }))).toBe("OK");
    await expect(move("scsi0")).rejects.toThrow("500 you can't move a disk with snapshots and delete the source");
  });

  test("restricts tags of users without Sys.Modify", async () => {
    await server().fault({ fault: "userTagAccess", value: "user-allow=none" });
    expect(await row("/cluster/options")).toMatchObject({ "user-tag-access": { "user-allow": "none" } });
    await server().fault({ fault: "userTagAccess", value: null });
    expect(await row("/cluster/options")).not.toHaveProperty("user-tag-access");
  });

  test("downloads an image once, and again if its checksum fits", async () => {
    await using site = createServer((_request, response) => response.end("image")).listen(0, "127.0.0.1");
    await once(site, "listening");
    const address = site.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/a.raw`;
    const download = async (more: Row = {}): Promise<unknown> =>
      ended(
        await server().call("POST", "/nodes/pve1/storage/local/download-url", {
          url,
          filename: "dl.raw",
          content: "import",
          ...more,
        }),
      );
    expect(await download()).toBe("OK");
    expect(await download()).toBe("refusing to override existing file '/var/lib/vz/import/dl.raw'");
    const checksum = "6105d6cc76af400325e94d588ce511be5bfdbb73b437dc51eca43917d7a43e3d";
    expect(await download({ "checksum-algorithm": "sha256", checksum })).toBe("OK");
    expect(await row("/nodes/pve1/storage/local/content/local:import%2Fdl.raw")).toMatchObject({ size: 5 });
  });

  test("logs who called what, without secrets", async () => {
    await row("/version");
    const log = await server().log();
    expect(log).toMatch(/Z GET \/version root@pam!tests 200$/m);
    expect(log).not.toContain(server().token.split("=")[1]);
  });
});
