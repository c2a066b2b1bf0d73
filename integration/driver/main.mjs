#!/usr/bin/env node
// Reports a Node that is too old before main.ts is imported: such a Node cannot read TypeScript.
import { readFileSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const required = engines.node.replace(">=", "");
const [major, minor] = required.split(".").map(Number);
const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);

if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) {
  // Without it, Node takes half a second and 30 MiB to read our TypeScript. Nothing is kept in a folder that cannot be written.
  module.enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/driver", import.meta.url)));
  await import("./main.ts");
} else {
  const code = "driver.node.version";
  process.stderr.write(
    `[${code}] Unable to start the driver: it needs Node ${required} or newer, but ${process.execPath} is Node ${process.versions.node}.\nHint: Run it with Node ${required} or newer.\n`,
  );
  process.exitCode = 1;
}
