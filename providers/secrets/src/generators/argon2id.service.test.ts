import { Secret } from "@nixops4-resources/protocol-core";
import { expect, test } from "vitest";
import { usePrograms } from "../testing/programs.ts";
import { hashArgon2id } from "./argon2id.ts";

const { run } = usePrograms({ argon2: "argon2" });

test.each([
  { memoryKibibytes: 65_536, passes: 3, parallelism: 4 },
  { memoryKibibytes: 19_456, passes: 2, parallelism: 1 },
])("gives the same hash as the reference implementation with %o", async (settings) => {
  const { memoryKibibytes, passes, parallelism } = settings;
  const ours = await hashArgon2id(new Secret("correct horse"), settings, Buffer.from("sixteen bytes ok"));
  const args = ["-id", "-k", String(memoryKibibytes), "-t", String(passes), "-p", String(parallelism), "-l", "32"];
  expect(run("argon2", ["sixteen bytes ok", ...args, "-e"], "correct horse")).toBe(ours);
});
