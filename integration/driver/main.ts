import { run } from "./run.ts";

const { env, stdout, stderr } = process;

process.exitCode = await run(process.argv.slice(2), {
  env,
  stdout,
  stderr,
  async findNix() {
    const { findNix } = await import("@nixops4-resources/integration-nix/find-nix");
    return findNix();
  },
});
