import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { providerNames } from "./generate/describe.ts";
import { findOldNode, runAsNode, type Outcome } from "./testing/old-node.ts";

const root = join(import.meta.dirname, "../..");
const request = '{"describeProviderRequest":{}}\n';
const mainOf = (provider: string): string => join(root, "providers", provider, "dist/main.cjs");
const driver = join(root, "integration/driver/main.mjs");

const message = (code: string, program: string, version: string): RegExp =>
  new RegExp(
    String.raw`^\[${code}\] Unable to start ${program}: it needs Node 24\.11 or newer, but \S+ is Node ${version}\.\nHint: Run it with Node 24\.11 or newer\.$`,
  );

test.each(providerNames(root))("provider %s names both versions on an old Node, on every path", (provider) => {
  expectProviderMessage(provider, "24.10.0", (args, input) => runAsNode("24.10.0", [mainOf(provider), ...args], input));
});

test("the driver names both versions on an old Node, for any argument", () => {
  expectDriverMessage("22.19.1", (args) => runAsNode("22.19.1", [driver, ...args]));
});

test("a real old Node gets the same messages", ({ skip }) => {
  const old = findOldNode();
  if (old === undefined) {
    skip("no Node older than 24.11 is on PATH");
    return;
  }
  const run = (args: readonly string[], input = ""): Outcome =>
    spawnSync(old.program, args, { input, encoding: "utf8" });
  for (const provider of providerNames(root)) {
    expectProviderMessage(provider, old.version, (args, input) => run([mainOf(provider), ...args], input));
  }
  expectDriverMessage(old.version, (args) => run([driver, ...args]));
});

test("the oldest supported Node runs a provider and the driver", () => {
  const described = runAsNode("24.11.0", [mainOf("example")], request);
  expect(JSON.parse(described.stdout)).toHaveProperty("describeProviderResponse.provider.name", "example");
  expect(described.status).toBe(0);
  expect(runAsNode("25.0.0", [mainOf("example"), "--version"]).status).toBe(0);
  expect(runAsNode("24.11.0", [driver, "--help"])).toMatchObject({ status: 0, stderr: "" });
});

function expectProviderMessage(
  provider: string,
  version: string,
  run: (args: readonly string[], input?: string) => Outcome,
): void {
  const expected = message("protocol.node.version", `provider ${provider}`, version);
  for (const args of [["--help"], ["describe"], ["no such verb"], []]) {
    const { status, stdout, stderr } = run(args);
    expect(stderr.trimEnd()).toMatch(expected);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  }
  const { status, stdout, stderr } = run([], `${request}\n${request.trimEnd()}`);
  expect(stderr).toBe("");
  const answers = stdout.trimEnd().split("\n");
  expect(answers).toHaveLength(2);
  for (const answer of answers) {
    expect(JSON.parse(answer)).toEqual({ errorResponse: { message: expect.stringMatching(expected) } });
  }
  expect(status).toBe(1);
}

function expectDriverMessage(version: string, run: (args: readonly string[]) => Outcome): void {
  for (const args of [["--help"], ["apply"], []]) {
    const { status, stdout, stderr } = run(args);
    expect(stderr.trimEnd()).toMatch(message("driver.node.version", "the driver", version));
    expect(stdout).toBe("");
    expect(status).toBe(1);
  }
}
