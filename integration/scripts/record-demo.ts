// Records the demo's deployment, for machines without Nix: integration/demo/recording.json.
//   node integration/scripts/record-demo.ts [--check]
// With --check it writes nothing, and exits with 2 if the recording differs from the current evaluation.
import { join } from "node:path";
import { run } from "@nixops4-resources/integration-driver/run";
import { findNix } from "@nixops4-resources/integration-nix/find-nix";
import { build } from "./build.ts";

const demo = join(import.meta.dirname, "../demo");
const recording = join(demo, "recording.json");

/** Values that differ between machines. They are examples, except for the programs, which describe their outputs. */
const open = {
  DEMO_POSTGRES_PORT: "5432",
  DEMO_POSTGRES_PASSWORD_FILE: "/run/secrets/postgres",
  DEMO_SECRETS: "/srv/secrets",
  DEMO_IDENTITY: "/run/secrets/identity",
  DEMO_MASTODON_GENERATION: "1",
  DEMO_NODE: process.execPath,
  DEMO_PROVIDERS: join(demo, "../../providers"),
};

const mode = process.argv.includes("--check")
  ? ["--check", recording]
  : ["--output", recording, ...Object.keys(open).flatMap((name) => ["--open", name])];
await build();
process.exitCode = await run(["record", "--file", join(demo, "nixops4.nix"), ...mode], {
  env: { ...process.env, ...open },
  stdout: process.stdout,
  stderr: process.stderr,
  findNix: () => findNix({ bring: true }),
});
