import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FolderBackend } from "@nixops4-resources/example/src/testing/folder-backend.ts";
import file from "@nixops4-resources/example/src/file.ts";
import type { AnyTerms } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleOf, objection } from "./objection.ts";
import { programs } from "./on-programs.ts";
import { commonFaults } from "./planted-faults.ts";
import { overtakenFaults } from "./overtaken-faults.ts";
import { rarelyTriedFaults } from "./rarely-tried-faults.ts";

const faults = { ...commonFaults, ...rarelyTriedFaults, ...overtakenFaults };
let bundle: string;

beforeAll(async () => {
  bundle = await bundleOf("faulty-main.ts");
});
afterAll(() => rm(bundle, { recursive: true }));

/** With the fault of this name, or with none. */
function terms(name: string, isOnPrograms: boolean): AnyTerms {
  const standIns = join(bundle, "stand-ins");
  const onPrograms = { kind: "programs", programs, folder: standIns };
  const path = `${standIns}:${process.env["PATH"]}`;
  return {
    main: join(bundle, "main.cjs"),
    environment: { PLANTED_FAULT: name, ...(isOnPrograms && { ON_PROGRAMS: "1", PATH: path }) },
    backend: async () => Object.assign(await FolderBackend.make(), isOnPrograms && { access: onPrograms }),
    reached: isOnPrograms ? "programs" : "files",
    want: { name: "motd", content: "Welcome.\n", key: { env: "EXAMPLE_KEY" } },
    changed: { content: "Good bye.\n", mode: "0600", key: { env: "EXAMPLE_OTHER_KEY" } },
    immutable: { name: "issue" },
    secretVariables: ["EXAMPLE_KEY", "EXAMPLE_OTHER_KEY"],
    drift: { mode: (folder: FolderBackend) => folder.chmod("motd", 0o666) },
    makeUnmarked: (folder: FolderBackend) => folder.write("motd", () => "Created by hand.\n"),
  };
}

/** Several faults break the same clause. */
const toTheSound = new Map<string, Promise<string | undefined>>();

describe("the contract", () => {
  for (const [fault, { breaks, isOnPrograms = false }] of Object.entries(faults)) {
    // The system may stop a process a moment after the signal: then the pause comes after the write, and shows nothing. A
    // sound resource passes wherever it stops, so only these tests are repeated.
    const retry = Object.hasOwn(overtakenFaults, fault) ? 3 : 0;
    test(`notices when ${fault}`, { retry }, async () => {
      const key = `${breaks}, ${isOnPrograms}`;
      const sound = toTheSound.get(key) ?? objection(file, terms("", isOnPrograms), breaks);
      toTheSound.set(key, sound);
      expect(await sound, "to the sound resource").toBeUndefined();
      expect(await objection(file, terms(fault, isOnPrograms), breaks), "to the faulty one").toEqual(
        expect.any(String),
      );
    });
  }
});
