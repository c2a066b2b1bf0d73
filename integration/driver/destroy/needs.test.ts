import { expect, test } from "vitest";
import { memberKey, type MemberPath } from "../evaluation/member.ts";
import { replay, type RecordedMember } from "../recording/recording.ts";
import { connected, note } from "../testing/recordings.ts";
import { resolveNeeds } from "./needs.ts";

const member = (name: string, text: string) => note(name, "/dev/null", { text });

/** The needs of each member; `gone` ones have no outputs. `looked` are the members whose outputs were read. */
async function resolve(members: RecordedMember[], gone: string[] = []) {
  const looked: string[] = [];
  const { requests, unresolved, needsOf } = await resolveNeeds({
    evaluation: replay(connected(...members), {}),
    isExplained: () => false,
    look: async ({ path, inputs }) => {
      looked.push(path.join("."));
      return gone.includes(path.join(".")) ? undefined : inputs;
    },
  });
  const names = (path: MemberPath) => [...needsOf(path)].map((key) => JSON.parse(key).join("."));
  const needs = Object.fromEntries(members.map(({ path }) => [path.join("."), names(path)]));
  return { needs, looked, unresolved, text: (name: string) => requests.get(memberKey([name]))?.inputs["text"] };
}

test("finds every member whose outputs a member reads, not only the first", async () => {
  const { needs, looked, text } = await resolve([
    // A recording names the first missing output in this order: c is looked at after a.
    member("d", "@text of c@-@text of a@"),
    member("a", "1"),
    member("b", "2"),
    member("c", "@text of a@-@text of b@"),
    member("e", "3"),
  ]);
  expect(needs).toEqual({ a: [], b: [], c: ["a", "b"], d: ["c", "a"], e: [] });
  expect(text("d")).toBe("1-2-1");
  // Nobody reads the outputs of d and e.
  expect(looked.toSorted()).toEqual(["a", "b", "c"]);
});

test("names what cannot be evaluated, with the needs that are known", async () => {
  const { needs, unresolved } = await resolve(
    [member("a", "1"), member("b", "2"), member("c", "@text of a@-@text of b@"), member("d", "@text of c@")],
    ["b"],
  );
  expect(needs).toMatchObject({ c: ["a", "b"], d: ["c"] });
  expect(unresolved).toMatchObject([
    { path: ["c"], reason: { kind: "needs", member: ["b"] } },
    { path: ["d"], reason: { kind: "needs", member: ["c"] } },
  ]);
});
