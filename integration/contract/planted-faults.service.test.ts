import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderBackend } from "@nixops4-resources/example/src/testing/folder-backend.ts";
import file from "@nixops4-resources/example/src/file.ts";
import { clausesOf, Contract, type AnyTerms } from "@nixops4-resources/protocol-core/testing";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programs } from "./on-programs.ts";
import { commonFaults } from "./planted-faults.ts";
import { rarelyTriedFaults } from "./rarely-tried-faults.ts";

let bundle: string;

beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), "nixops4-faults-"));
  await build({
    entryPoints: [join(import.meta.dirname, "faulty-main.ts")],
    outfile: join(bundle, "main.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
  });
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

/** What the clause of this name objects to in a resource with the fault; undefined if nothing. */
async function objection(fault: string, clauseName: string, isOnPrograms: boolean): Promise<string | undefined> {
  const contract = await Contract.open(file, terms(fault, isOnPrograms));
  const [clause, ...more] = clausesOf(file, contract.terms).filter((one) => one.says.includes(clauseName));
  if (clause === undefined || more.length > 0) throw new Error(`Not exactly one clause says "${clauseName}".`);
  try {
    await using checked = contract;
    await clause.check(checked);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Several faults break the same clause. */
const toTheSound = new Map<string, Promise<string | undefined>>();

describe("the contract", () => {
  for (const [fault, { breaks, isOnPrograms = false }] of Object.entries({ ...commonFaults, ...rarelyTriedFaults })) {
    test(`notices when ${fault}`, async () => {
      const key = `${breaks}, ${isOnPrograms}`;
      const sound = toTheSound.get(key) ?? objection("", breaks, isOnPrograms);
      toTheSound.set(key, sound);
      expect(await sound, "to the sound resource").toBeUndefined();
      expect(await objection(fault, breaks, isOnPrograms), "to the faulty one").toEqual(expect.any(String));
    });
  }
});
