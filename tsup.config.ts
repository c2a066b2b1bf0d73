import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { transform } from "esbuild";
import { defineConfig, type Options } from "tsup";

/** CommonJS starts faster than ESM: every finished chunk is turned into it, and `import()` becomes a lazy `require`. */
const commonJs: NonNullable<Options["plugins"]>[number] = {
  name: "common-js",
  async renderChunk(code) {
    const supported = { "dynamic-import": false };
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
  plugins: [commonJs],
  esbuildPlugins: [jsonSchemaApart, manifestVersion],
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
    options.mainFields = ["module", "main"];
  },
});

export default defineConfig(
  globSync("providers/*/src/main.ts", { cwd: import.meta.dirname }).map((main) =>
    bundle(basename(dirname(dirname(main)))),
  ),
);
