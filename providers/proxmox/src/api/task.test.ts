import { log } from "@nixops4-resources/protocol-core";
import { expect, test, vi } from "vitest";
import { request, ScriptedServer, type ScriptedAnswer } from "../testing/scripted-server.ts";
import { ProxmoxReader } from "./reader.ts";
import { followTask, upid } from "./task.ts";

const id = "UPID:pve2:0000ABCD:00F00D00:65000000:qmcreate:100:shop@pve!deploy:";
const path = `/api2/json/nodes/pve2/tasks/${encodeURIComponent(id)}`;

const running: ScriptedAnswer = { body: { data: { status: "running" } } };
const ended = (exitstatus: string): ScriptedAnswer => ({ body: { data: { status: "stopped", exitstatus } } });
const logged = (...lines: readonly string[]): ScriptedAnswer => ({
  body: { data: lines.map((t, index) => ({ n: index + 1, t })), total: lines.length },
});

/** What was asked while a task with these answers was followed, and how long that took. */
async function follow(...answers: readonly ScriptedAnswer[]): Promise<{ asked: string[]; ms: number }> {
  await using server = await ScriptedServer.start(...answers);
  await using client = new ProxmoxReader(server.connection, request);
  const started = performance.now();
  await followTask(client, id);
  return { asked: server.asked, ms: performance.now() - started };
}

test("a task is asked about on its own node, first after 250 ms, then after twice as long", async () => {
  const { asked, ms } = await follow(running, ended("OK"));
  expect(asked).toEqual([`GET ${path}/status`, `GET ${path}/status`]);
  expect(ms).toBeGreaterThan(740);
});

test("warnings are a success, and the end of the log is logged", async () => {
  const warn = vi.spyOn(log, "warn").mockImplementation(() => undefined);
  const { asked } = await follow(ended("WARNINGS: 1"), logged("WARN: iothread is only valid", "TASK WARNINGS: 1"));
  expect(asked.at(-1)).toBe(`GET ${path}/log?limit=0`);
  expect(warn.mock.calls).toEqual([
    [
      "the task qmcreate 100 on pve2 succeeded with warnings",
      { task: id, lines: ["WARN: iothread is only valid", "TASK WARNINGS: 1"] },
    ],
  ]);
  warn.mockRestore();
});

test("another exit status is an error with the last lines of the log", async () => {
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`);
  const failed = follow(ended("unexpected status"), logged(...lines));
  await expect(failed).rejects.toMatchObject({
    code: "proxmox.task.failed",
    message:
      "the task qmcreate 100 on pve2 failed: unexpected status. Its log ends with: line 56 / line 57 / line 58 / line 59 / line 60",
  });
});

test("a task without an exit status was killed", async () => {
  const failed = follow({ body: { data: { status: "stopped" } } }, logged());
  await expect(failed).rejects.toMatchObject({ message: expect.stringContaining("failed: unexpected status") });
});

test("the proxy's failure is no end of the task", async () => {
  const { asked } = await follow({ status: 596, reason: "Connection timed out" }, ended("OK"));
  expect(asked).toHaveLength(2);
});

test.each([
  [id, true],
  ["UPID:pve1:0000ABCD:00F00D00:65000000:imgcopy::root@pam:", true],
  ["UPID:pve1:0000ABCD:00F00D00:65000000:imgcopy:root@pam:", false],
  [`${id}/../status`, false],
  ["OK", false],
])("whether %s is the id of a task", (text, isOne) => {
  expect(upid.safeParse(text).success).toBe(isOne);
});
