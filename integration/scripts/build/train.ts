import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { takeLock } from "@nixops4-resources/protocol-core";

/**
 * Makes the code caches of all resource types, from real runs: the contract of each type creates its resource. Needs the
 * servers of the tests. `bundles` identifies the bundles; nothing happens if their caches are there already.
 */
export async function train(root: string, bundles: string): Promise<void> {
  const stamp = join(root, "node_modules/.train-stamp");
  const trained = `${bundles} ${process.version}`;
  using _turn = await takeLock(`train:${root}`);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === trained && everyStart(root)) return;
  const { status, stdout, stderr, error } = spawnSync(
    "vitest",
    [
      "run",
      "--project",
      "service",
      "--no-isolate",
      "--maxWorkers",
      "2",
      "--testNamePattern",
      "trains the code caches",
      ...contracts(root),
    ],
    { cwd: root, encoding: "utf8", env: { ...process.env, TRAIN_CODE_CACHES: "1" } },
  );
  if (status !== 0) throw new Error(`Unable to train the code caches:\n${stdout}${stderr}`, { cause: error });
  writeFileSync(stamp, trained);
}

/** The tests that begin with a type's contract: beside its module, which main.ts names. */
function contracts(root: string): string[] {
  return globSync("providers/*/src/main.ts", { cwd: root }).flatMap((main) =>
    [...readFileSync(join(root, main), "utf8").matchAll(/import\("(\.[^"]+)\.ts"\)/g)]
      .map(([, path = ""]) => join(root, dirname(main), `${path}.service.test.ts`))
      .filter((test) => existsSync(test) && readFileSync(test, "utf8").includes("testResource("))
      .map((test) => relative(root, test)),
  );
}

const everyStart = (root: string): boolean =>
  globSync("providers/*/src/main.ts", { cwd: root }).every(
    (main) => globSync(join(dirname(main), "../dist/main.cjs.*.cache"), { cwd: root }).length > 0,
  );
