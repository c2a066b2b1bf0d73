import { execFile } from "node:child_process";
import { copyFileSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildSync, transform } from "esbuild";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["plugins"]>[number];

/** Converts every finished chunk to CommonJS, which starts faster than ESM. `import()` becomes a lazy `require`. */
const commonJs: Plugin = {
  name: "common-js",
  async renderChunk(code) {
    // Node 24 supports `using`. Otherwise esbuild would add 900 bytes of code to every start.
    const supported = { "dynamic-import": false, using: true };
    const result = await transform(code, {
      format: "cjs",
      platform: "node",
      target: "node24",
      minify: true,
      charset: "ascii",
      supported,
    });
    // The loader reads chunks as Latin-1.
    if (/[^\0-\x7f]/.test(result.code)) throw new Error("A chunk has characters that are not ASCII.");
    return { code: result.code };
  },
};

const { engines }: { engines: { node: string } } = JSON.parse(
  readFileSync(join(import.meta.dirname, "package.json"), "utf8"),
);
const oldestNode = /^>=(\d+)\.(\d+)$/.exec(engines.node);
if (oldestNode === null) throw new Error(`engines.node in package.json must be >=MAJOR.MINOR, got ${engines.node}.`);
const [, major, minor] = oldestNode;

/** Loads every chunk that the main chunk requires by the project's own loader, which uses code caches. */
const loadedChunks: Plugin = {
  name: "loaded-chunks",
  renderChunk(code, { path }) {
    if (basename(path) !== "main.cjs") return undefined;
    const [, shebang = "", main = ""] = /^(#!.*\n)?([\s\S]*)$/.exec(code) ?? [];
    return { code: `${shebang}(function(main){${startOfMain()}})(function(require){${main}});` };
  },
};

function startOfMain(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, "protocol/core/src/chunks/start.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    minify: true,
    charset: "ascii",
  });
  return outputFiles.map(({ text }) => text).join("");
}

/**
 * Adds a check of Node's version to the start of the main chunk, before any code that an old Node cannot run. Since an old
 * Node parses the whole main chunk, this chunk is converted to old syntax.
 */
const oldNodeGuard = (provider: string): Plugin => {
  const explain = `return require("./old-node.cjs")("${provider}","${major}.${minor}")`;
  // The minifier creates only short names, so this name is free.
  const isOld = `nodeVersion[0]<${major}||nodeVersion[0]==${major}&&nodeVersion[1]<${minor}`;
  const guard = `var nodeVersion=process.versions.node.split(".");if(${isOld})${explain};`;
  return {
    name: "old-node-guard",
    async renderChunk(code, { path }) {
      if (basename(path) !== "main.cjs") return undefined;
      const { code: inOldSyntax } = await transform(code, { target: "es2015", minify: true, charset: "ascii" });
      return { code: inOldSyntax.replace(/^(#!.*\n)?/, `$1${guard.replaceAll("$", "$$$$")}`) };
    },
    buildEnd() {
      const source = join(import.meta.dirname, "protocol/core/src/serve/old-node.cjs");
      copyFileSync(source, join(import.meta.dirname, `providers/${provider}/dist/old-node.cjs`));
    },
  };
};

/**
 * Only `describe` generates JSON Schema. But zod's index imports the generator, so esbuild would put it (20 KB) into the
 * chunk that every process loads. So `describe` gets its own copy of the generator; modules that the copy imports are
 * shared.
 */
const jsonSchemaApart: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "json-schema-apart",
  setup(build) {
    const namespace = "json-schema-apart";
    build.onResolve({ filter: /^zod\/mini$/ }, ({ importer }) => {
      if (!importer.endsWith("/describe.ts")) return undefined;
      const zod = dirname(createRequire(importer).resolve("zod/package.json"));
      return { path: join(zod, "v4/core/json-schema-processors.js"), namespace };
    });
    build.onResolve({ filter: /^\.\/to-json-schema\.js$/, namespace }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      namespace,
    }));
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: readFileSync(path, "utf8"),
      resolveDir: dirname(path),
    }));
  },
};

/**
 * Keeps protocol/core in one chunk. A module that is loaded on demand imports only a part of the index, so esbuild would
 * split the index into several chunks. Each such module therefore imports the whole index first.
 */
const oneProtocolChunk: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "one-protocol-chunk",
  setup(build) {
    const core = join(import.meta.dirname, "protocol/core/src");
    const index = JSON.stringify(join(core, "index.ts"));
    const lazy = new Set(globSync("**/*.ts", { cwd: core }).flatMap((module) => importedOnDemand(join(core, module))));
    build.onLoad({ filter: /\/protocol\/core\/src\/.*\.ts$/ }, ({ path }) =>
      lazy.has(path) ? { contents: `import ${index};\n${readFileSync(path, "utf8")}`, loader: "ts" } : undefined,
    );
  },
};

/** The modules that a module names in `import()`. */
function importedOnDemand(module: string): string[] {
  const imports = readFileSync(module, "utf8").matchAll(/\bimport\("(\.[^"]+)"\)/g);
  return [...imports].map(([, path = ""]) => join(dirname(module), path));
}

/** Bundles only the version of a provider's manifest. Every start would load the rest. */
const manifestVersion: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "manifest-version",
  setup(build) {
    build.onLoad({ filter: /\/providers\/[^/]+\/package\.json$/ }, ({ path }) => {
      const { version }: { version: string } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/**
 * Leaves out the AWS SDK's search for credentials in files, environment, and services of AWS: a provider always gives the
 * credentials itself, and its packages would be most of its bundle.
 */
const givenCredentials: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "given-credentials",
  setup(build) {
    const namespace = "given-credentials";
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path }) => ({ path, namespace }));
    build.onLoad({ filter: /.*/, namespace }, () => ({
      contents: `export const defaultProvider = () => () => Promise.reject(new TypeError("S3 without credentials"));`,
    }));
  },
};

/** Replaces pg's calls of WebCrypto, whose load costs each login a fifth of the start of a process. */
const pgCrypto: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "pg-crypto",
  setup(build) {
    const ours = join(import.meta.dirname, "protocol/postgres/src/scram/pg-crypto.ts");
    build.onLoad({ filter: /\/pg\/lib\/crypto\/utils\.js$/ }, () => ({
      contents: `export * from ${JSON.stringify(ours)};`,
      resolveDir: dirname(ours),
    }));
  },
};

/**
 * Leaves out gRPC's client. The server's diagnostic services name it, which a plugin does not offer, and it would be most of
 * what a plugin loads.
 */
const grpcServer: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "grpc-server",
  setup(build) {
    const namespace = "grpc-server";
    build.onResolve({ filter: /^(\.\/make-client|\.\/admin|@grpc\/proto-loader)$/ }, ({ path, importer }) =>
      importer.includes("/@grpc/grpc-js/") ? { path, namespace } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, () => ({ contents: "" }));
  },
};

/**
 * Puts the provider's schema for OpenTofu into its bundle, and the answer that has it. A start would otherwise load every type
 * and the generator of JSON Schema, and to encode the answer costs as much as half a start of Node.
 */
const openTofuSchema = (provider: string): NonNullable<Options["esbuildPlugins"]>[number] => ({
  name: "opentofu-schema",
  setup(build) {
    build.onLoad({ filter: /\/protocol\/opentofu\/src\/schema\/load-schema\.ts$/ }, async () => {
      const script = join(import.meta.dirname, "integration/scripts/build/opentofu-schema.ts");
      const { stdout } = await promisify(execFile)(process.execPath, [script, provider], { maxBuffer: 2 ** 26 });
      const { schema, answer }: { schema: object; answer: string } = JSON.parse(stdout);
      return {
        contents: `
          const schema = ${JSON.stringify(JSON.stringify(schema))};
          const answer = ${JSON.stringify(answer)};
          export const loadSchema = () => ({ schema: JSON.parse(schema), answer: () => Buffer.from(answer, "base64") });`,
      };
    });
  },
});

/** The bundle of a provider: a small main chunk, and chunks that are loaded when a request needs them. */
const bundle = (provider: string): Options => ({
  name: provider,
  entry: { main: `providers/${provider}/src/main.ts` },
  outDir: `providers/${provider}/dist`,
  platform: "node",
  target: "node24",
  // With splitting, two chunks share one copy of a module. `instanceof` and the scrubber need one copy of the protocol, and
  // a client library is loaded only by the types that use it. esbuild splits only ESM.
  format: "esm",
  splitting: true,
  plugins: [commonJs, loadedChunks, oldNodeGuard(provider)],
  esbuildPlugins: [
    oneProtocolChunk,
    jsonSchemaApart,
    manifestVersion,
    givenCredentials,
    pgCrypto,
    grpcServer,
    openTofuSchema(provider),
  ],
  outExtension: () => ({ js: ".cjs" }),
  noExternal: [/.*/],
  // pg loads these if they are installed; the suite does not install them.
  external: ["pg-native", "pg-cloudflare"],
  minify: true,
  clean: true,
  dts: false,
  sourcemap: false,
  metafile: true,
  silent: true,
  esbuildOptions(options) {
    options.legalComments = "none";
    options.supported = { using: true };
    options.mainFields = ["module", "main"];
  },
});

export default defineConfig(
  globSync("providers/*/src/main.ts", { cwd: import.meta.dirname }).map((main) =>
    bundle(basename(dirname(dirname(main)))),
  ),
);
