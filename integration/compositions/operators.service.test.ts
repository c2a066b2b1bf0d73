// Two operators with three applications each, in one run: some 150 members. operator.service.test.ts follows one of them.
import { requireWholeContract } from "@nixops4-resources/integration-servers/server-unavailable";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { describe, expect, test } from "vitest";
import { Driver } from "./driver.ts";
import { makeSurroundings } from "./surroundings.ts";

describe("six applications of two operators", { timeout: 600_000 }, () => {
  const surroundings = serverOf(async () => {
    requireWholeContract();
    return await makeSurroundings();
  });
  const driver = (): Driver => new Driver(surroundings());

  test("are complete after an apply that was killed half-way is repeated, and then unchanged", async () => {
    const killed = await driver().runAndKill("apply", "first", 40);
    expect(killed.status, killed.text).toBeNull();
    const repeated = await driver().run("apply", "first");
    expect(repeated.status, repeated.text).toBe(0);
    const again = await driver().run("apply", "first");
    expect(again.status, again.text).toBe(0);
    expect(new Set(Object.values(again.outcomes))).toEqual(new Set(["unchanged"]));
    expect(Object.keys(again.outcomes).length).toBeGreaterThan(140);
  });
});
