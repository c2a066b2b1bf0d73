import { describe, expect, test } from "vitest";
import type { BackendWriter } from "./backend.ts";
import { DnsWriter } from "./client.ts";
import { nothingAt, type Stored } from "./stored.ts";

const zone = "example.test.";
const www: Stored = { name: `www.${zone}`, type: "A", ttlSeconds: 300, values: ["192.0.2.1"], note: "mark" };

/** A server that accepts every update, and stores something else. */
const serverWith = (stored: Stored): BackendWriter => ({
  findZone: async () => ({ name: zone, serial: 1 }),
  look: async () => [stored],
  zones: async () => [],
  dsFor: async () => [],
  all: async () => [],
  plan: async () => undefined,
  commit: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
});

async function lookAfterWriting(sent: Stored, stored: Stored): Promise<Stored[]> {
  await using client = new DnsWriter(serverWith(stored));
  await client.write(zone, [sent]);
  return await client.look(zone, [sent]);
}

describe("a look after a write", () => {
  test.each([
    [{ values: ["192.0.2.2"] }, "the server has 192.0.2.2 with a TTL of 300 s"],
    [{ ttlSeconds: 60 }, "the server has 192.0.2.1 with a TTL of 60 s"],
    [{ values: [], ttlSeconds: 0 }, "the server has no records"],
  ])("says what was sent and what the server has instead: %o", async (change, words) => {
    await expect(lookAfterWriting(www, { ...www, ...change })).rejects.toMatchObject({
      code: "dns.stored.differently",
      message: `www.example.test A was sent as 192.0.2.1 with a TTL of 300 s, and ${words}`,
    });
  });

  test("accepts equal records, the removal of a note, and records of another owner", async () => {
    for (const [sent, stored] of [
      [www, www],
      [{ ...www, note: null }, nothingAt(www)],
      [www, { ...www, values: ["192.0.2.2"], note: "another mark" }],
    ] as const) {
      expect(await lookAfterWriting(sent, stored)).toEqual([stored]);
    }
  });
});
