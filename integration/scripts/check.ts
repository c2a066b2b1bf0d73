// Every check that needs no test run: `npm run check`.
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { driverErrors } from "@nixops4-resources/integration-driver/errors";
import { openTofuErrors } from "@nixops4-resources/protocol-opentofu/errors";
import { build } from "./build.ts";
import { bundleFaults } from "./check/bundle.ts";
import { phraseFaults } from "./check/english.ts";
import { codeFaults } from "./check/error-codes.ts";
import { importFaults } from "./check/import-circles.ts";
import { libraryImportFaults, type Manifest } from "./check/library-imports.ts";
import { libraryOf, type Metafile } from "./check/metafile.ts";
import { requestStateFaults } from "./check/request-state.ts";
import { program, runSteps, type Step } from "./check/steps.ts";
import { describe, providerNames } from "./generate/describe.ts";

const root = join(import.meta.dirname, "../..");

const errorCodes: Step = {
  name: "error codes",
  async check() {
    const descriptions = await Promise.all(providerNames(root).map((name) => describe(root, name)));
    const catalogued = [...descriptions.map(({ errors }) => errors), driverErrors, openTofuErrors].flatMap(Object.keys);
    const patterns = ["{protocol,providers}/*/src/**/*.{ts,cjs,c}", "integration/driver/**/*.{ts,mjs}"];
    const sources = globSync(patterns, { cwd: root })
      .filter((path) => !/(^|\/)(errors|[^/]*\.test)\.ts$|\/(testing|fixtures)\//.test(path))
      .map((path) => ({ path, text: read(path) }));
    return asComplaint(codeFaults(sources, new Set(catalogued)));
  },
};

const imports: Step = {
  name: "imports",
  async check() {
    const providers = globSync("providers/*/package.json", { cwd: root }).map(nameOf);
    const isProvider = (specifier: string): boolean =>
      providers.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    const files = globSync("{protocol,providers,integration}/**/*.ts", { cwd: root, exclude: isForeign });
    return asComplaint(
      importFaults(
        files.map((path) => ({ path, text: read(path) })),
        isProvider,
      ),
    );
  },
};

const english: Step = {
  name: "english",
  check() {
    const texts = ["*.md", "docs/**/*.md", ".changeset/*.md", "{providers,integration}/*/README.md"];
    const sources = ["{protocol,providers,integration}/**/*.{ts,mjs,cjs}"];
    const files = globSync([...texts, ...sources], { cwd: root, exclude: isForeign });
    const ours = files.filter((path) => !/^integration\/scripts\/check\/(english|phrases)\b/.test(path));
    return Promise.resolve(asComplaint(phraseFaults(ours.map((path) => ({ path, text: read(path) })))));
  },
};

const bundles: Step = {
  name: "bundles",
  async check() {
    await build();
    const faults = providerNames(root).flatMap((name) => {
      const dist = join(root, "providers", name, "dist");
      const metafile: Metafile = JSON.parse(readFileSync(join(dist, "metafile-esm.json"), "utf8"));
      const sizes = bundleFaults(metafile, (chunk) => statSync(join(root, chunk)).size);
      const undefinedImports = libraryImportFaults(metafile, { source: read, manifest: manifestOf });
      return [...sizes, ...undefinedImports].map((fault) => `${name}: ${fault}`);
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
    const others = globSync(
      ["{protocol,providers}/*/package.json", "providers/*/client/package.json", "integration/{,*/}package.json"],
      { cwd: root },
    );
    const faults = others.filter((file) => versionOf(file) !== version);
    return asComplaint(faults.map((file) => `${file} must have the suite's version ${version}.`));
  },
};

/** The manifest of the library that a file of node_modules belongs to. */
function manifestOf(file: string): Manifest {
  const library = libraryOf(file);
  const folder = file.slice(0, file.lastIndexOf(`node_modules/${library}/`));
  const manifest: Manifest = JSON.parse(read(`${folder}node_modules/${library}/package.json`));
  return manifest;
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function versionOf(file: string): string {
  const { version }: { version: string } = JSON.parse(read(file));
  return version;
}

const isForeign = (path: string): boolean => /(^|\/)(node_modules|dist)$/.test(path);

function nameOf(file: string): string {
  const { name }: { name: string } = JSON.parse(read(file));
  return name;
}

function asComplaint(faults: readonly string[]): string | undefined {
  return faults.length === 0 ? undefined : faults.join("\n");
}

process.chdir(root);
const isGood = await runSteps([
  program("types", "tsc", "-p", "."),
  program("lint", "oxlint", "--type-aware"),
  program("format", "oxfmt", "--check"),
  program("unused", "knip", "--no-progress", "--no-config-hints"),
  program("generated files", process.execPath, "integration/scripts/generate.ts", "--check"),
  errorCodes,
  imports,
  requestState,
  english,
  versions,
  bundles,
]);
process.exitCode = isGood ? 0 : 1;
