import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
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
