import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findGarage } from "./binary.ts";

describe("the program of Garage", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nixops4-garage-program-"));
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
    vi.stubEnv("PATH", ["/nowhere", join(folder, "old"), join(folder, "new"), process.env["PATH"]].join(":"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  async function install(place: string, version: string): Promise<string> {
    const program = join(folder, place);
    await mkdir(dirname(program), { recursive: true });
    await writeFile(program, `#!/bin/sh\necho "garage ${version} [features: lmdb, sqlite]"\n`, { mode: 0o755 });
    return program;
  }

  test.each(["v2.3.0", "cargo:2.10.1"])("is found on PATH if it is recent: %s", async (version) => {
    const program = await install("new/garage", version);
    await install("old/garage", "v1.3.0");
    expect(findGarage("2.5.0")).toBe(program);
  });

  test.each(["v2.2.0", "v1.3.1", "v12.5.0", "unknown"])("is not found on PATH if it is not: %s", async (version) => {
    await install("new/garage", version);
    vi.stubEnv("PATH", join(folder, "new"));
    expect(() => findGarage("2.5.0")).toThrow("`npm test -- providers/garage` builds it");
  });

  test("is the one in the cache rather than on PATH", async () => {
    await install("new/garage", "v2.5.0");
    const cached = await install("cache/nixops4-resources/garage-2.5.0/bin/garage", "cargo:2.5.0");
    expect(findGarage("2.5.0")).toBe(cached);
  });

  test("of the first generation is never taken from PATH", async () => {
    await install("new/garage", "v1.3.0");
    expect(() => findGarage("1.3.0")).toThrow("Garage 1.3.0 is not built");
  });
});
