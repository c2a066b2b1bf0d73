import { expect, test } from "vitest";
import * as z from "zod/mini";
import { request, ScriptedServer, type ScriptedAnswer } from "../testing/scripted-server.ts";
import { ProxmoxWriter } from "./writer.ts";

const names = { privs: "privileges" };

/** The error of a write with this answer. */
async function rejected(answer: ScriptedAnswer): Promise<{ code: string; message: string; hint: string }> {
  await using server = await ScriptedServer.start(answer);
  await using client = new ProxmoxWriter(server.connection, request);
  const error: unknown = await client
    .change("POST", "/access/roles", { roleid: "a" }, names)
    .catch((thrown: unknown) => thrown);
  const shape = z.object({ code: z.string(), message: z.string(), hint: z.string() });
  const { message, ...rest } = shape.parse({ ...Object(error), message: error instanceof Error ? error.message : "" });
  return { ...rest, message: message.replaceAll(/127\.0\.0\.1:\d+/g, "pve") };
}

test("every wrong parameter is named by our input, and each error of it is shown", async () => {
  const errors = { privs: String.raw`invalid format - invalid privilege 'A'\nagain`, roleid: "too long" };
  const body = { data: null, message: "Parameter verification failed.\n", errors };
  expect(await rejected({ status: 400, reason: "Parameter verification failed.", body })).toEqual({
    code: "proxmox.request.rejected",
    message:
      "http://pve answers POST /access/roles with 400 Parameter verification failed. `privileges`: invalid format - invalid privilege 'A'; again `roleid`: too long",
    hint: "Change the inputs that the message names",
  });
});

test.each([
  ["Permission check failed (/pool/shop, Pool.Allocate)", "a role with Pool.Allocate on the path /pool/shop"],
  [
    "Permission check failed (/vms/9, VM.Config.Disk|VM.Config.CPU)",
    "one of VM.Config.Disk, VM.Config.CPU on the path /vms/9",
  ],
  ["Permission check failed", "the rights that the documentation of this type lists"],
])("403 %s is shown unchanged, and the hint says what to give", async (reason, hint) => {
  for (const body of [{ data: null, message: `${reason}\n` }, { data: null }, undefined]) {
    const error = await rejected({ status: 403, reason, body });
    expect(error.code).toBe("proxmox.permission.denied");
    expect(error.message).toContain(reason);
    expect(error.hint).toContain(hint);
  }
});

test.each([
  ["a token that is refused", { status: 401, reason: "Authentication failed!" }, "proxmox.token.refused"],
  [
    "words in the reason phrase only",
    { status: 500, reason: "role 'a' exists", body: { data: null } },
    "proxmox.request.rejected",
  ],
  ["a failure without words", { status: 500, reason: "Internal Server Error", body: "oops" }, "proxmox.server.failed"],
  ["another server", { status: 404, reason: "Not Found", body: "<html>" }, "proxmox.api.unexpected"],
  ["another server's JSON", { status: 404, body: { error: "Not Found" } }, "proxmox.api.unexpected"],
  ["a node that is away", { status: 595, reason: "No route to host" }, "proxmox.node.unreachable"],
  ["a success without data", { body: { status: "ok" } }, "http.answer.invalid"],
])("%s is %s", async (_what, answer, code) => {
  expect((await rejected(answer)).code).toBe(code);
});

test("a write whose outcome is unknown says so, and is not sent again", async () => {
  await using server = await ScriptedServer.start({ status: 596, reason: "Connection timed out" });
  await using client = new ProxmoxWriter(server.connection, request);
  await expect(client.remove("/pools", { poolid: "a/b" })).rejects.toMatchObject({
    message: expect.stringContaining("it is unknown whether it took effect"),
  });
  expect(server.asked).toEqual(["DELETE /api2/json/pools?poolid=a%2Fb"]);
});

test("a write that did not get the cluster's lock is sent again", async () => {
  const words = "cfs-lock 'file-user_cfg' error: got lock request timeout";
  await using server = await ScriptedServer.start(
    { status: 500, reason: words, body: { data: null, message: `${words}\n` } },
    { body: { data: null } },
  );
  await using client = new ProxmoxWriter(server.connection, request);
  await client.change("PUT", "/pools", { poolid: "a" });
  expect(server.asked).toHaveLength(2);
});

test("a missing object is only what Proxmox says of exactly this object", async () => {
  const words = "role 'a' does not exist";
  const find = async (answer: ScriptedAnswer): Promise<unknown> => {
    await using server = await ScriptedServer.start(answer);
    await using client = new ProxmoxWriter(server.connection, request);
    return await client.find("/access/roles/a", z.object({}), words);
  };
  expect(await find({ status: 500, reason: words, body: { data: null, message: `${words}\n` } })).toBeUndefined();
  expect(await find({ status: 500, reason: words, body: { data: null } })).toBeUndefined();
  await expect(find({ status: 500, reason: "role 'b' does not exist", body: { data: null } })).rejects.toThrow("'b'");
  await expect(find({ status: 404, reason: words, body: { data: null } })).rejects.toThrow("404");
  await expect(find({ status: 500, reason: words })).rejects.toThrow("500");
});
