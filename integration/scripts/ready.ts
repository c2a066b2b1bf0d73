// Runs all steps of CI, before a push: `npm run ready`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const scripts = ["check.ts", "build.ts", "test.ts"];

for (const script of scripts) {
  process.stdout.write(`\n== ${script.replace(".ts", "")}\n`);
  const { status } = spawnSync(process.execPath, [join(root, "integration/scripts", script)], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
process.stdout.write("\nReady.\n");
