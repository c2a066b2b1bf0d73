import { expect, test } from "vitest";
import { bundleFaults, type Metafile } from "./bundle.ts";

const zod = { "node_modules/.pnpm/zod@4.0.0/node_modules/zod/v4/mini/schemas.js": { bytesInOutput: 2000 } };
const pg = { "node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js": { bytesInOutput: 9000 } };

/** main loads `shared` at once, and `role` when it is asked for. */
const bundle = (shared: object, role: object): Metafile => ({
  outputs: {
    "dist/main.cjs": {
      inputs: { "src/main.ts": { bytesInOutput: 500 } },
      imports: [
        { path: "dist/shared.cjs", kind: "import-statement" },
        { path: "node:fs", kind: "import-statement" },
        { path: "dist/role.cjs", kind: "dynamic-import" },
      ],
    },
    "dist/shared.cjs": { inputs: { ...shared }, imports: [] },
    "dist/role.cjs": { inputs: { ...role }, imports: [{ path: "dist/shared.cjs", kind: "import-statement" }] },
  },
});
const small = () => 1000;

test("a client library in a chunk that is loaded on request is right", () => {
  expect(bundleFaults(bundle(zod, pg), small)).toEqual([]);
});

test("a client library in what every process loads is refused", () => {
  expect(bundleFaults(bundle({ ...zod, ...pg }, {}), small)).toEqual([
    "Every process loads pg at its start; import() it where it is needed.",
  ]);
});

test("a library that left no code behind is no harm", () => {
  const unused = { "node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js": { bytesInOutput: 0 } };
  expect(bundleFaults(bundle({ ...zod, ...unused }, {}), small)).toEqual([]);
});

test("zod's languages are refused", () => {
  const locale = { "node_modules/.pnpm/zod@4.0.0/node_modules/zod/v4/locales/de.js": { bytesInOutput: 3000 } };
  expect(bundleFaults(bundle(locale, {}), small)).toEqual(["Every process loads zod's languages."]);
});

test("the limit counts what is loaded at the start, all of it and nothing else", () => {
  expect(bundleFaults(bundle(zod, pg), (chunk) => (chunk.endsWith("role.cjs") ? 100_000 : 30_000))).toEqual([]);
  expect(bundleFaults(bundle(zod, pg), () => 30_721)).toEqual([
    "Every process loads 61442 bytes at its start; 61440 are allowed.",
  ]);
});
