import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** Size in MiB of V8's space for new objects, after many were made and some of them kept. */
async function newSpaceMib(before: string): Promise<number> {
  const script = `
    ${before}
    const kept = [];
    for (let index = 0; index < 1e6; index++) {
      kept[index % 5e4] = { index, text: String(index) };
    }
    const { getHeapSpaceStatistics } = await import("node:v8");
    console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").space_size);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  return Number(stdout) / 2 ** 20;
}

test("the space for new objects does not grow", async () => {
  const file = JSON.stringify(new URL("small-heap.ts", import.meta.url).href);
  expect(await newSpaceMib(`(await import(${file})).keepHeapSmall();`)).toBeLessThanOrEqual(2);
  expect(await newSpaceMib("")).toBeGreaterThan(4);
});
