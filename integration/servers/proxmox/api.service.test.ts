import { connect, type TLSSocket } from "node:tls";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { startProxmox, whatAnswers } from "./proxmox.ts";
import { serverOf } from "../testing.ts";

describe(`API of ${whatAnswers}`, () => {
  const server = serverOf(startProxmox);
  const call = (...[method, path, parameters]: Parameters<ReturnType<typeof server>["call"]>): Promise<unknown> =>
    server().call(method, path, parameters);
  const node = (): string => server().nodes[0] ?? "";

  async function ended(upid: unknown): Promise<unknown> {
    for (;;) {
      const task = Object(await call("GET", `/nodes/${node()}/tasks/${encodeURIComponent(String(upid))}/status`));
      if (task.status !== "running") return task.exitstatus;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function destroy(vmid: number): Promise<void> {
    expect(await ended(await call("DELETE", `/nodes/${node()}/qemu/${vmid}`))).toBe("OK");
  }

  /** A connection that has sent a request. */
  async function open(path: string): Promise<TLSSocket> {
    const { host, port, token } = server();
    const socket = connect({ host, port, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    socket.write(`GET /api2/json${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: PVEAPIToken=${token}\r\n\r\n`);
    await once(socket, "data");
    return socket;
  }

  test("closes a connection after an error, and an idle one after 5 s", async () => {
    const failed = await open("/nosuch");
    await once(failed.resume(), "end");
    const idle = await open("/version");
    const since = Date.now();
    await once(idle.resume(), "end");
    expect(Date.now() - since).toBeGreaterThan(4000);
    expect(Date.now() - since).toBeLessThan(7000);
  }, 15_000);

  test("creates one VM if three calls create the same id", async () => {
    const vmid = Number(await call("GET", "/cluster/nextid"));
    const create = (name: string): Promise<unknown> => call("POST", `/nodes/${node()}/qemu`, { vmid, name });
    const results = await Promise.allSettled(["a", "b", "c"].map(create));
    const [winner, ...more] = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const losers = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
    expect(more).toEqual([]);
    for (const error of losers)
      expect(error).toMatch(/unable to create VM \d+ - (VM \d+ already exists|can't lock file)/);
    expect(await ended(winner)).toBe("OK");
    await destroy(vmid);
  }, 15_000);

  test("accepts true and an array only for parameters of these types", async () => {
    const vmid = Number(await call("GET", "/cluster/nextid"));
    const wrong = call("POST", `/nodes/${node()}/qemu`, { vmid, cores: true, name: ["a"] });
    await expect(wrong).rejects.toThrow(/type check \('integer'\) failed - got JSON::PP::Boolean/);
    await expect(wrong).rejects.toThrow(/type check \('string'\) failed - got ARRAY/);
    expect(await ended(await call("POST", `/nodes/${node()}/qemu`, { vmid, onboot: true, tags: ["b", "a"] }))).toBe(
      "OK",
    );
    const config = await call("GET", `/nodes/${node()}/qemu/${vmid}/config`);
    expect(config).toMatchObject({ onboot: 1, tags: "a;b" });
    await destroy(vmid);
  });

  test("keeps a hotplug that failed as pending, until it is reverted", async () => {
    const vmid = Number(await call("GET", "/cluster/nextid"));
    await ended(await call("POST", `/nodes/${node()}/qemu`, { vmid, memory: "64" }));
    expect(await ended(await call("POST", `/nodes/${node()}/qemu/${vmid}/status/start`))).toBe("OK");
    const write = (parameters: Record<string, unknown>): Promise<unknown> =>
      call("PUT", `/nodes/${node()}/qemu/${vmid}/config`, parameters);
    await expect(write({ net1: "virtio,bridge=nosuch9" })).rejects.toThrow(/"net1":"hotplug problem - /);
    const pending = async (): Promise<unknown> => call("GET", `/nodes/${node()}/qemu/${vmid}/pending`);
    expect(await pending()).toContainEqual({ key: "net1", pending: expect.stringContaining("bridge=nosuch9") });
    expect(await write({ revert: "net1" })).toBeNull();
    expect(await pending()).not.toContainEqual(expect.objectContaining({ key: "net1" }));
    await ended(await call("POST", `/nodes/${node()}/qemu/${vmid}/status/stop`));
    await destroy(vmid);
  });
});
