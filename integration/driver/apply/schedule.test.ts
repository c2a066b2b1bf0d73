import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { diagnose } from "../evaluation/diagnose.ts";
import type { JsonObject } from "../json.ts";
import { memberName, type MemberRequest } from "../evaluation/member.ts";
import { replay, type RecordedMember } from "../recording/recording.ts";
import { schedule, type ScheduleOptions } from "./schedule.ts";
import { connected, note } from "../testing/recordings.ts";

const member = (name: string, text: string, more?: Partial<RecordedMember>) => note(name, "/dev/null", { text }, more);

/** Schedules members whose outputs are their inputs; `journal` receives each start and end. */
async function run(members: RecordedMember[], more: Partial<ScheduleOptions> = {}) {
  const journal: string[] = [];
  const result = await schedule({
    evaluation: replay(connected(...members), {}),
    jobs: 16,
    targets: [],
    stop: new AbortController().signal,
    onMember() {},
    async perform(request: MemberRequest): Promise<JsonObject | undefined> {
      journal.push(`begin ${memberName(request.path)}`);
      await sleep(request.inputs["text"] === "slow" ? 150 : 5);
      journal.push(`end ${memberName(request.path)}`);
      return request.inputs["text"] === "fails" ? undefined : request.inputs;
    },
    ...more,
  });
  return { journal, result, diagnoses: diagnose(result) };
}

test("starts a member when the outputs that it needs are known", async () => {
  const { result, journal } = await run([member("c", "<@text of b@>"), member("b", "[@text of a@]"), member("a", "1")]);
  expect(journal).toEqual(["begin a", "end a", "begin b", "end b", "begin c", "end c"]);
  expect(result.performed.map(({ inputs }) => inputs["text"])).toEqual(["1", "[1]", "<[1]>"]);
});

test("does not wait for members that started together with its dependency", async () => {
  const { journal } = await run([member("slow", "slow"), member("a", "1"), member("b", "@text of a@")]);
  expect(journal.indexOf("end b")).toBeLessThan(journal.indexOf("end slow"));
});

test("runs at most `jobs` members concurrently", async () => {
  const { journal } = await run(
    Array.from({ length: 10 }, (_, index) => member(`m${index}`, "1")),
    { jobs: 3 },
  );
  let running = 0;
  let most = 0;
  for (const event of journal) most = Math.max(most, (running += event.startsWith("begin") ? 1 : -1));
  expect(most).toBe(3);
  expect(journal).toHaveLength(20);
});

test("prefers members of later waves to those that wait for a place", async () => {
  const others = Array.from({ length: 9 }, (_, index) => member(`other-${index}`, "1"));
  const { journal } = await run([member("a", "1"), ...others, member("b", "@text of a@")], { jobs: 1 });
  expect(journal.indexOf("begin b")).toBeLessThan(journal.indexOf("begin other-8"));
});

test("skips members that need a failed member, and performs all others", async () => {
  const { journal, diagnoses } = await run([
    member("a", "fails"),
    member("b", "@text of a@"),
    member("c", "@text of b@"),
    member("d", "1"),
  ]);
  expect(journal).toContain("end d");
  expect(diagnoses).toMatchObject([
    { name: "b", kind: "waits", because: "needs output `text` of a" },
    { name: "c", kind: "waits", because: "needs output `text` of b" },
  ]);
});

test("reports the path of a cycle for each of its members; members that depend on it wait", async () => {
  const { diagnoses } = await run([member("a", "@text of b@"), member("b", "@text of a@"), member("c", "@text of a@")]);
  expect(diagnoses.map((found) => (found.kind === "wrong" ? found.error.sentence : found.because))).toEqual([
    "Unable to evaluate member a: it depends on itself: a -> b -> a.",
    "Unable to evaluate member b: it depends on itself: b -> a -> b.",
    "needs output `text` of a",
  ]);
});

test("a member waits for its state, and reports a missing one", async () => {
  const { journal, diagnoses } = await run([
    member("a", "1", { state: ["z"] }),
    member("b", "1", { state: ["nowhere"] }),
    member("z", "1"),
  ]);
  expect(journal).toEqual(["begin z", "end z", "begin a", "end a"]);
  expect(diagnoses).toMatchObject([{ name: "b", error: { code: "driver.member.unknown" } }]);
});

test("reports an output that its member did not return", async () => {
  const { diagnoses } = await run([member("a", "1"), member("b", "@text of a@")], { perform: async () => ({}) });
  expect(diagnoses).toMatchObject([
    { name: "b", error: { sentence: "Unable to evaluate b: member a returned no output `text`." } },
  ]);
});

test("performs targets and their dependencies only", async () => {
  const members = [
    member("a", "1", { state: ["z"] }),
    member("z", "1"),
    member("site.b", "@text of a@"),
    member("site.c", "1"),
    member("d", "1"),
  ];
  const { journal } = await run(members, { targets: [["site"]] });
  expect(journal.filter((event) => event.startsWith("end")).sort()).toEqual([
    "end a",
    "end site.b",
    "end site.c",
    "end z",
  ]);
  await expect(run(members, { targets: [["stie"]] })).rejects.toThrow(
    "Unable to find member stie: the deployment has a, d, site.b, site.c, z.",
  );
});

test("when stopped, finishes running members and starts no other", async () => {
  const stop = new AbortController();
  const members = Array.from({ length: 5 }, (_, index) => member(`m${index}`, "1"));
  const ended: string[] = [];
  await run(members, {
    jobs: 2,
    stop: stop.signal,
    async perform({ path }) {
      stop.abort();
      await sleep(10);
      ended.push(memberName(path));
      return {};
    },
  });
  expect(ended).toEqual(["m0"]);
});

test("reports a member whose inputs change after it was performed", async () => {
  let evaluations = 0;
  const evaluation = {
    ...replay(connected(member("a", "1")), {}),
    evaluate: async () => ({ ready: [{ ...member("a", `${evaluations++}`) }], blocked: [] }),
  };
  const { diagnoses } = await run([], { evaluation });
  expect(diagnoses).toMatchObject([{ name: "a", error: { code: "driver.member.changed" } }]);
});
