// Everything that can be said of the sources without running a test: `npm run check`.
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { driverErrors } from "@nixops4-resources/integration-driver/errors";
import { build } from "./build.ts";
import { bundleFaults, type Metafile } from "./check/bundle.ts";
import { codeFaults } from "./check/error-codes.ts";
import { requestStateFaults } from "./check/request-state.ts";
import { program, runSteps, type Step } from "./check/steps.ts";
import { describe, providerNames } from "./generate/describe.ts";

const root = join(import.meta.dirname, "../..");

const errorCodes: Step = {
  name: "error codes",
  async check() {
    const descriptions = await Promise.all(providerNames(root).map((name) => describe(root, name)));
    const catalogued = [...descriptions.map(({ errors }) => errors), driverErrors].flatMap(Object.keys);
    const patterns = ["{protocol,providers}/*/src/**/*.ts", "integration/driver/**/*.ts"];
    const sources = globSync(patterns, { cwd: root })
      .filter((path) => !/(^|\/)(errors|[^/]*\.test)\.ts$|\/(testing|fixtures)\//.test(path))
      .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
    return asComplaint(codeFaults(sources, new Set(catalogued)));
  },
};

const bundles: Step = {
  name: "bundles",
  async check() {
    await build();
    const faults = providerNames(root).flatMap((name) => {
      const dist = join(root, "providers", name, "dist");
      const metafile: Metafile = JSON.parse(readFileSync(join(dist, "metafile-esm.json"), "utf8"));
      return bundleFaults(metafile, (chunk) => statSync(join(root, chunk)).size).map((fault) => `${name}: ${fault}`);
    });
    return asComplaint(faults);
  },
};

const requestState: Step = {
  name: "state per request",
  check: async () => asComplaint(requestStateFaults(root)),
};

const versions: Step = {
  name: "one version",
  async check() {
    const version = versionOf("package.json");
    const others = globSync(["{protocol,providers}/*/package.json", "integration/package.json"], { cwd: root });
    const faults = others.filter((file) => versionOf(file) !== version);
    return asComplaint(faults.map((file) => `${file} has not the version ${version} of the suite.`));
  },
};

function versionOf(file: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, file), "utf8"));
  return version;
}

function asComplaint(faults: readonly string[]): string | undefined {
  return faults.length === 0 ? undefined : faults.join("\n");
}

process.chdir(root);
const isGood = await runSteps([
  program("types", "tsc", "-p", "."),
  program("lint", "oxlint", "--type-aware"),
  program("format", "oxfmt", "--check"),
  program("generated files", process.execPath, "integration/scripts/generate.ts", "--check"),
  errorCodes,
  requestState,
  versions,
  bundles,
]);
process.exitCode = isGood ? 0 : 1;
