import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { requireWholeContract } from "@nixops4-resources/integration-servers/server-unavailable";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { expect, onTestFinished, test } from "vitest";
import { describeNix, nixPath, repository } from "../testing.ts";

const run = promisify(execFile);

await describeNix("the packages", ({ nix }) => {
  test("are built by Nix, and answer", { timeout: 600_000 }, async (context) => {
    await startOrSkip(context, async () => requireWholeContract());
    const { instantiate, environment } = nix();
    const folder = mkdtempSync(join(tmpdir(), "nixops4-nix-"));
    onTestFinished(() => {
      execFileSync("chmod", ["-R", "u+w", folder]);
      rmSync(folder, { recursive: true });
    });
    const { stdout: pnpmStore } = await run("pnpm", ["store", "path"], { cwd: repository });
    const expression = `
      let lib = import ((import ${nixPath(join(repository, "flake-free-npins/npins"))}).nixpkgs-lib + "/lib");
      in (import ${nixPath(join(repository, "nix/packages.nix"))} {
        pkgs = import ${nixPath(join(import.meta.dirname, "pkgs.nix"))} {
          inherit lib;
          nodejs = "${dirname(dirname(process.execPath))}";
          pnpmStore = "${dirname(pnpmStore.trim())}";
          path = "${process.env["PATH"]}";
        };
      }).example`;
    const own = Object.fromEntries(
      ["STORE", "STATE", "LOG", "LOCALSTATE"].map((name) => [`NIX_${name}_DIR`, join(folder, name.toLowerCase())]),
    );
    const { stdout } = await run(
      join(dirname(instantiate), "nix-build"),
      ["--no-out-link", "--option", "sandbox", "false", "--option", "build-users-group", "", "--expr", expression],
      { env: { ...process.env, ...environment, ...own }, maxBuffer: 2 ** 28 },
    );
    const bin = join(stdout.trim(), "bin");
    expect(readdirSync(bin).sort()).toEqual(
      readdirSync(join(repository, "nix/providers"))
        .map((name) => `nixops4-resources-${name}`)
        .sort(),
    );
    for (const name of readdirSync(bin)) {
      const answer = spawnSync(join(bin, name), { input: '{"describeProviderRequest":{}}\n', encoding: "utf8" });
      expect(Object.keys(JSON.parse(answer.stdout))).toEqual(["describeProviderResponse"]);
    }
  });
});
