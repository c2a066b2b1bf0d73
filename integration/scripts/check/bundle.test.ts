import { expect, test } from "vitest";
import { bundleFaults } from "./bundle.ts";
import type { Metafile } from "./metafile.ts";

const zod = { "node_modules/.pnpm/zod@4.0.0/node_modules/zod/v4/mini/schemas.js": { bytesInOutput: 2000 } };
const pg = { "node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js": { bytesInOutput: 9000 } };

/** main loads `shared` at once, and each of `types` on request. */
const bundle = (shared: object, role: object, types = ["role"]): Metafile => ({
  inputs: {},
  outputs: {
    "dist/main.cjs": {
      exports: [],
      inputs: { "src/main.ts": { bytesInOutput: 500 } },
      imports: [
        { path: "dist/shared.cjs", kind: "import-statement" },
        { path: "node:fs", kind: "import-statement" },
        ...types.map((type) => ({ path: `dist/${type}.cjs`, kind: "dynamic-import" })),
      ],
    },
    "dist/shared.cjs": { exports: [], inputs: { ...shared }, imports: [] },
    "dist/role.cjs": {
      exports: [],
      inputs: { ...role },
      imports: [{ path: "dist/shared.cjs", kind: "import-statement" }],
    },
  },
});
const small = () => 1000;
const sizes = (main: number, shared: number) => (chunk: string) =>
  ({ "dist/main.cjs": main, "dist/shared.cjs": shared, "dist/role.cjs": 100_000 })[chunk] ?? 0;

test("accepts a client library in a chunk that is loaded on request", () => {
  expect(bundleFaults(bundle(zod, pg), small)).toEqual([]);
});

test("rejects a client library in what every process loads", () => {
  expect(bundleFaults(bundle({ ...zod, ...pg }, {}), small)).toEqual([
    "Every process loads pg at its start; import() it in the function that needs it.",
  ]);
});

test("ignores a library that left no code behind", () => {
  const unused = { "node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js": { bytesInOutput: 0 } };
  expect(bundleFaults(bundle({ ...zod, ...unused }, {}), small)).toEqual([]);
});

test("rejects zod's languages", () => {
  const locale = { "node_modules/.pnpm/zod@4.0.0/node_modules/zod/v4/locales/de.js": { bytesInOutput: 3000 } };
  expect(bundleFaults(bundle(locale, {}), small)).toEqual(["Every process loads zod's languages."]);
});

test("limits what every start pays, without the chunks that are loaded on request", () => {
  expect(bundleFaults(bundle(zod, pg), sizes(1000, 65_536))).toEqual([]);
  expect(bundleFaults(bundle(zod, pg), sizes(1000, 65_537))).toEqual([
    "Every process loads 65537 bytes besides main.cjs at its start; 65536 are allowed.",
  ]);
});

test("limits main.cjs by the number of modules that it can load, so that each type brings its own budget", () => {
  const types = ["role", "database", "schema"];
  expect(bundleFaults(bundle(zod, pg, types), sizes(2560 + 3 * 160, 65_536))).toEqual([]);
  expect(bundleFaults(bundle(zod, pg), sizes(2560 + 3 * 160, 65_536))).toEqual([
    "main.cjs has 3040 bytes; 2720 are allowed for the 1 modules that it can load.",
  ]);
});
