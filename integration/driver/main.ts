#!/usr/bin/env node
import { run } from "./run.ts";

const { env, stdout, stderr } = process;

process.exitCode = await run(process.argv.slice(2), {
  env,
  stdout,
  stderr,
  nixInstantiate: async () => env["NIX_INSTANTIATE"] ?? "nix-instantiate",
});
