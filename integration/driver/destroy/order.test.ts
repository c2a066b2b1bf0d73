import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { expect, test } from "vitest";
import { memberKey, memberName } from "../evaluation/member.ts";
import { destroyInOrder, type Ordered } from "./order.ts";

const member = (name: string, needs?: string): Ordered => ({
  path: [name],
  needs: needs === undefined ? undefined : new Set(needs.split(" ").map((one) => memberKey([one]))),
});

/** Destroys members; one fails as often as `failures` says. */
async function run(members: Ordered[], jobs: number, failures: Record<string, number> = {}, staying: Ordered[] = []) {
  const journal: string[] = [];
  const left = { ...failures };
  await destroyInOrder(members, staying, {
    slots: pLimit(jobs),
    stop: new AbortController().signal,
    async destroy({ path }) {
      const name = memberName(path);
      journal.push(`begin ${name}`);
      await sleep(5);
      journal.push(`end ${name}`);
      left[name] = (left[name] ?? 0) - 1;
      return left[name] >= 0 ? "no" : undefined;
    },
    onFailure: ({ path }) => journal.push(`failed ${memberName(path)}`),
    onSkip: ({ path }, because) => journal.push(`skipped ${memberName(path)}: ${because}`),
  });
  return journal;
}

test("destroys a member after all that need it, and others at the same time", async () => {
  const journal = await run(
    [member("role", ""), member("db", "role"), member("grant", "db role"), member("x", "")],
    16,
  );
  expect(journal.filter((line) => !line.endsWith(" x"))).toEqual(
    ["grant", "db", "role"].flatMap((name) => [`begin ${name}`, `end ${name}`]),
  );
  expect(journal.indexOf("begin x")).toBeLessThan(journal.indexOf("end grant"));
});

test("destroys at most `jobs` members concurrently", async () => {
  const journal = await run(
    ["a", "b", "c", "d", "e"].map((name) => member(name, "")),
    2,
  );
  let running = 0;
  let most = 0;
  for (const event of journal) most = Math.max(most, (running += event.startsWith("begin") ? 1 : -1));
  expect(most).toBe(2);
});

test("keeps everything that a failed member needs, directly or not", async () => {
  const journal = await run([member("role", ""), member("db", "role"), member("grant", "db")], 1, { grant: 1 });
  expect(journal).toEqual([
    "begin grant",
    "end grant",
    "failed grant",
    "skipped db: needed by grant, not destroyed",
    "skipped role: needed by db, not destroyed",
  ]);
});

test("tries a member with unknown needs again as long as another one succeeds", async () => {
  expect(await run([member("a"), member("b")], 1, { a: 1 })).toEqual(
    ["a", "b", "a"].flatMap((name) => [`begin ${name}`, `end ${name}`]),
  );
  expect(await run([member("a"), member("b")], 1, { a: 9 })).toEqual([
    ...["a", "b", "a"].flatMap((name) => [`begin ${name}`, `end ${name}`]),
    "failed a",
  ]);
});

test("keeps what members need that stay, also if these need each other", async () => {
  const circle = [member("a", "b role"), member("b", "a")];
  expect(await run([member("role", ""), member("x", "")], 1, {}, circle)).toEqual([
    "skipped role: needed by a, not destroyed",
    "begin x",
    "end x",
  ]);
});
