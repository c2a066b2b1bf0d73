// The members of one operator of integration/compositions under OpenTofu. What stands in for NixOS is left out. This takes
// 100 CPU seconds, and export.service.test.ts tests the same code with the demo.
import { join } from "node:path";
import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import { isWholeContract } from "@nixops4-resources/protocol-core/testing";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { Project } from "@nixops4-resources/protocol-opentofu/project";
import { expect, test, vi } from "vitest";
import { Driver } from "../compositions/driver.ts";
import { makeSurroundings } from "../compositions/surroundings.ts";
import { mirrorSettings } from "./page.ts";

vi.setConfig({ testTimeout: 600_000 });

test("three applications of one operator run under OpenTofu from the export, and the driver continues with them", async (context) => {
  if (!isWholeContract()) context.skip("WHOLE_CONTRACT=1 tests it");
  const missing = openTofuMissing();
  if (missing !== undefined) context.skip(missing);
  await using surroundings = await startOrSkip(context, makeSurroundings);
  const driver = new Driver(surroundings);
  using project = new Project({ settings: mirrorSettings() });
  const written = await driver.run("export", "first", "--output", join(project.folder, "main.tf.json"), "alice");
  expect(written.status, written.text).toBe(0);
  const leftOut = names(written.outcomes, "skipped");
  expect(leftOut).toEqual(["alice.photos.nixos", "alice.social.nixos", "alice.state", "alice.video.nixos"]);

  expect((await project.run("init")).status).toBe(0);
  const applied = await project.apply();
  expect(applied.status, applied.errors).toBe(0);
  const settled = await project.plan();
  expect(settled.status, settled.output).toBe(0);

  const continued = await driver.run("apply", "first", "alice");
  expect(continued.status, continued.text).toBe(0);
  expect(names(continued.outcomes, "created")).toEqual(leftOut);
  expect(names(continued.outcomes, "updated")).toEqual([]);
  const destroyed = await project.destroy();
  expect(destroyed.status, destroyed.errors).toBe(0);
});

const names = (outcomes: Readonly<Record<string, string>>, state: string): string[] =>
  Object.keys(outcomes)
    .filter((member) => outcomes[member] === state)
    .sort();
