import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";

const main = join(import.meta.dirname, "../../providers/postgres/dist/main.cjs");

/** The first line that the executable writes with this cookie, if it is asked to describe itself. */
async function firstLine(cookie: string): Promise<string> {
  const env = { ...process.env, TF_PLUGIN_MAGIC_COOKIE: cookie };
  const child = spawn(process.execPath, [main], { env, stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  child.stdin.write('{"describeProviderRequest":{}}\n');
  const [line]: string[] = await once(createInterface({ input: child.stdout }), "line");
  return line ?? "";
}

test("with the engine's cookie, the executable is a plugin", async () => {
  expect(await firstLine("d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")).toMatch(/^1\|6\|unix\|/);
});

test("with the cookie of another program, the executable is a provider of NixOps4", async () => {
  expect(await firstLine("another")).toMatch(/^\{"describeProviderResponse":/);
});
