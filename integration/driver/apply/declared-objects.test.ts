import { existsSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { JsonObject } from "../json.ts";
import type { RecordedMember } from "../recording/recording.ts";
import { note, requestsIn } from "../testing/recordings.ts";
import { recorded, runHere } from "../testing/runs.ts";

// Each test starts several programs, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** A type whose description says that `object` is its identity. */
const box = (path: string, log: string, inputs: JsonObject): RecordedMember => note(path, log, inputs, { type: "box" });

const duplicate = (member: string, other: string, object: string): string =>
  `[driver.member.duplicate] Unable to apply member ${member}: ${other} declares the same box (\`object\` "${object}"), so each would replace what the other declares.`;

async function creates(requestLog: string): Promise<unknown[]> {
  const requests = await requestsIn(requestLog);
  return requests.flatMap(({ request }) => request?.["createResourceRequest"] ?? []);
}

test.each(["apply", "plan"])(
  "%s names both members that declare one object, and writes nothing for them",
  async (verb) => {
    let object = "";
    const { file, requestLog } = await recorded((log, folder) => {
      object = `${folder}/object`;
      return [box("shop.db", log, { object, text: "x" }), box("forum.db", log, { object, text: "y" })];
    });
    const { stderr, status } = await runHere(undefined, verb, "--recording", file);
    expect(stderr).toContain(duplicate("shop.db", "forum.db", object));
    expect(stderr).toContain(duplicate("forum.db", "shop.db", object));
    expect(stderr).toContain("Hint: Set `shared = true` in each of them");
    expect(status).toBe(1);
    expect(await creates(requestLog)).toEqual([]);
    expect(existsSync(object)).toBe(false);
  },
);

test("applies the other members, and objects of one name at two servers", async () => {
  const { file } = await recorded((log) => [
    box("a", log, { object: "/dev/null", connection: { host: "one" } }),
    box("b", log, { object: "/dev/null", connection: { host: "two" } }),
    box("c", log, { object: "/dev/null", connection: { port: 1, host: "three" } }),
    box("d", log, { object: "/dev/null", connection: { host: "three", port: 1 } }),
  ]);
  const { stderr } = await runHere(undefined, "apply", "--recording", file);
  expect(stderr).toMatch(/\n2 created, 2 failed, in /);
  expect(stderr).toContain(duplicate("c", "d", "/dev/null"));
});

test("rejects a member that turns out to declare the object of another one which is already applied", async () => {
  const { file, requestLog } = await recorded((log) => [
    note("name", log, { text: "/dev/null" }),
    box("a", log, { object: "/dev/null", text: "first" }),
    box("b", log, { object: "@text of name@", text: "second" }),
  ]);
  const { stderr } = await runHere(undefined, "apply", "--recording", file);
  expect(stderr).toContain(duplicate("b", "a", "/dev/null"));
  expect(await creates(requestLog)).toMatchObject([
    expect.anything(),
    expect.objectContaining({ inputProperties: expect.not.objectContaining({ text: "second" }) }),
  ]);
});

test("accepts an object that all of its members declare as shared, and no other member", async () => {
  const shared = { object: "/dev/null", shared: true };
  const both = await recorded((log) => [box("a", log, shared), box("b", log, shared)]);
  expect((await runHere(undefined, "apply", "--recording", both.file)).status).toBe(0);
  const third = await recorded((log) => [
    box("a", log, shared),
    box("b", log, shared),
    box("c", log, { object: "/dev/null" }),
  ]);
  const { stderr } = await runHere(undefined, "apply", "--recording", third.file);
  expect(stderr).toContain(
    'Unable to apply member c: a, b declare the same box (`object` "/dev/null"), so each would replace what the other declares.',
  );
});

test("rejects two members that declare the same part of a shared object", async () => {
  const spf = { object: "/dev/null", shared: true, part: "spf" };
  const { file } = await recorded((log) => [
    box("a", log, spf),
    box("b", log, spf),
    box("c", log, { ...spf, part: "mx" }),
  ]);
  const { stderr } = await runHere(undefined, "apply", "--recording", file);
  expect(stderr).toContain(duplicate("a", "b", "/dev/null"));
  expect(stderr).toMatch(/\n1 created, 2 failed, in /);
});

test("accepts members of a type that does not say what identifies its objects", async () => {
  const { file } = await recorded((log) => [
    note("a", log, { object: "/dev/null" }),
    note("b", log, { object: "/dev/null" }),
  ]);
  expect((await runHere(undefined, "apply", "--recording", file)).status).toBe(0);
});
