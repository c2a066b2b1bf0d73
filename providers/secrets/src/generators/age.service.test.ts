import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { age } from "./age.ts";

const { run, file } = usePrograms({ age: "age", "age-keygen": "age" });

test("has the recipient that age-keygen computes, and decrypts with age", async () => {
  const { value, public: parts } = await generate(age, {});
  const recipient = parts["recipient"] ?? "";
  expect(run("age-keygen", ["-y"], value)).toBe(recipient);
  const encrypted = run("age", ["--armor", "-r", recipient], "a letter");
  expect(run("age", ["-d", "-i", file(value)], `${encrypted}\n`)).toBe("a letter");
});
