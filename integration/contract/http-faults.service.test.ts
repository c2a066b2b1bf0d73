import { rm } from "node:fs/promises";
import { join } from "node:path";
import { NotesBackend } from "@nixops4-resources/example-http/src/testing/backend.ts";
import note from "@nixops4-resources/example-http/src/note.ts";
import { startReplica, startServer } from "@nixops4-resources/example-http/src/testing/server.ts";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import type { AnyTerms } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { httpFaults } from "./http-faults.ts";
import { bundleOf, objection } from "./objection.ts";

let bundle: string;

beforeAll(async () => {
  bundle = await bundleOf("faulty-http-main.ts");
});
afterAll(() => rm(bundle, { recursive: true }));

/** Several faults break the same clause. */
const toTheSound = new Map<string, Promise<string | undefined>>();

describe("the contract over HTTP", () => {
  const server = serverOf(startServer);
  const replica = serverOf(() => startReplica(server()));
  const terms = (fault: string): AnyTerms => ({
    main: join(bundle, "main.cjs"),
    environment: { PLANTED_FAULT: fault },
    backend: async () => new NotesBackend(server()),
    standby: async (notes: NotesBackend) => notes.standbyAt(replica().port),
    reached: "network",
    want: { name: "motd", text: "Welcome.\n" },
    changed: { text: "Good bye.\n" },
    drift: {},
    makeUnmarked: (notes: NotesBackend) => notes.call("PUT", "/notes/motd", { text: "Made by hand.\n" }),
  });

  for (const [fault, { breaks }] of Object.entries(httpFaults)) {
    test(`notices when ${fault}`, async () => {
      const sound = toTheSound.get(breaks) ?? objection(note, terms(""), breaks);
      toTheSound.set(breaks, sound);
      expect(await sound, "to the sound resource").toBeUndefined();
      expect(await objection(note, terms(fault), breaks), "to the faulty one").toEqual(expect.any(String));
    });
  }
});
