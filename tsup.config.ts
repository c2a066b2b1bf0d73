import { copyFileSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { transform } from "esbuild";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["plugins"]>[number];

/** CommonJS starts faster than ESM: every finished chunk is turned into it, and `import()` becomes a lazy `require`. */
const commonJs: Plugin = {
  name: "common-js",
  async renderChunk(code) {
    // Node 24 runs `using` as it is; esbuild would add 900 bytes to every start.
    const supported = { "dynamic-import": false, using: true };
    const result = await transform(code, {
      format: "cjs",
      platform: "node",
      target: "node24",
      minify: true,
      charset: "ascii",
      supported,
    });
    return { code: result.code };
  },
};

const { engines }: { engines: { node: string } } = JSON.parse(
  readFileSync(join(import.meta.dirname, "package.json"), "utf8"),
);
const oldestNode = /^>=(\d+)\.(\d+)$/.exec(engines.node);
if (oldestNode === null) throw new Error(`engines.node in package.json must be >=MAJOR.MINOR, got ${engines.node}.`);
const [, major, minor] = oldestNode;

/**
 * Begins the main chunk with a look at Node's version, before anything is loaded that an old Node cannot run. The main
 * chunk is the only one that an old Node parses, so it gets old syntax.
 */
const oldNodeGuard = (provider: string): Plugin => {
  const explain = `return require("./old-node.cjs")("${provider}","${major}.${minor}")`;
  // The minifier gives short names only, so this one is free.
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
 * Only `describe` writes JSON Schema, but esbuild puts a module that zod's index names into the chunk that every process
 * loads (20 KB). So `describe` gets the writer as modules of its own; what they import is shared as ever.
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
 * Keeps protocol/core in one chunk. A module that is loaded on request shares only some of its imports with what every
 * process loads, so esbuild would split those off. Importing the index first makes all of them common to both.
 */
const oneProtocolChunk: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "one-protocol-chunk",
  setup(build) {
    const core = join(import.meta.dirname, "protocol/core/src");
    const index = JSON.stringify(join(core, "index.ts"));
    const lazy = new Set<string>();
    build.onResolve({ filter: /^\.|^@nixops4-resources\/protocol-core\// }, ({ kind, path, importer, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const module = path.startsWith(".") ? join(resolveDir, path) : createRequire(importer).resolve(path);
      if (module.startsWith(core)) lazy.add(module);
      return undefined;
    });
    build.onLoad({ filter: /\/protocol\/core\/src\/.*\.ts$/ }, ({ path }) =>
      lazy.has(path) ? { contents: `import ${index};\n${readFileSync(path, "utf8")}`, loader: "ts" } : undefined,
    );
  },
};

/** Of its manifest a provider tells the version; the rest would be part of every start. */
const manifestVersion: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "manifest-version",
  setup(build) {
    build.onLoad({ filter: /\/providers\/[^/]+\/package\.json$/ }, ({ path }) => {
      const { version }: { version: string } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** One bundle per provider: a small main, and chunks that are loaded when a request needs them. */
const bundle = (provider: string): Options => ({
  name: provider,
  entry: { main: `providers/${provider}/src/main.ts` },
  outDir: `providers/${provider}/dist`,
  platform: "node",
  target: "node24",
  // Splitting keeps a module that two chunks need in a third that both share: one copy of the protocol, so that
  // `instanceof` and the scrubber hold, and a client library only where it is asked for. esbuild splits ESM only.
  format: "esm",
  splitting: true,
  plugins: [commonJs, oldNodeGuard(provider)],
  esbuildPlugins: [oneProtocolChunk, jsonSchemaApart, manifestVersion],
  outExtension: () => ({ js: ".cjs" }),
  noExternal: [/.*/],
  // pg asks for these where they are installed; they are not.
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
