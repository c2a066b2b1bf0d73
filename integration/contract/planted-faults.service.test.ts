import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderBackend } from "@nixops4-resources/example/src/testing/folder-backend.ts";
import file from "@nixops4-resources/example/src/file.ts";
import { clausesOf, Contract, type Terms } from "@nixops4-resources/protocol-core/testing";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faults } from "./planted-faults.ts";

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

const terms = (fault: string): Terms<(typeof file)["inputs"], FolderBackend> => ({
  main: join(bundle, "main.cjs"),
  environment: { PLANTED_FAULT: fault },
  backend: () => FolderBackend.make(),
  reached: "files",
  want: { name: "motd", content: "Welcome.\n", key: { env: "EXAMPLE_KEY" } },
  changed: { content: "Good bye.\n", mode: "0600", key: { env: "EXAMPLE_OTHER_KEY" } },
  immutable: { name: "issue" },
  secretVariables: ["EXAMPLE_KEY", "EXAMPLE_OTHER_KEY"],
  drift: { mode: (folder) => folder.chmod("motd", 0o666) },
  makeUnmarked: (folder) => folder.write("motd", () => "Made by hand.\n"),
});

/** What the one clause that says this has to object to a resource with the fault; undefined where nothing. */
async function objection(fault: string, says: string): Promise<string | undefined> {
  const contract = await Contract.open(file, terms(fault));
  await using _ = contract.backend;
  const [clause, ...more] = clausesOf(file, contract.terms).filter((one) => one.says.includes(says));
  if (clause === undefined || more.length > 0) throw new Error(`No or several clauses say "${says}".`);
  return await clause.check(contract).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

/** Several faults break the same clause. */
const toTheSound = new Map<string, Promise<string | undefined>>();

describe("the contract", () => {
  for (const [fault, { breaks }] of Object.entries(faults)) {
    test(`notices when ${fault}`, async () => {
      const sound = toTheSound.get(breaks) ?? objection("", breaks);
      toTheSound.set(breaks, sound);
      expect(await sound, "to the sound resource").toBeUndefined();
      expect(await objection(fault, breaks), "to the faulty one").toEqual(expect.any(String));
    });
  }
});
