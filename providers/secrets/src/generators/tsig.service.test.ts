import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { tsig } from "./tsig.ts";

const { run, file } = usePrograms({ "named-checkconf": "bind9-utils" });

test.each([
  ["hmac-sha256", 32],
  ["hmac-sha384", 48],
  ["hmac-sha512", 64],
] as const)("gives a key clause for %s that BIND accepts", async (algorithm, size) => {
  const keyName = "acme.example.org";
  const { value, public: parts } = await generate(tsig, { keyName, algorithm, format: "bind" });
  expect(run("named-checkconf", [file(value)])).toBe("");
  const [, secret = ""] = /secret "([^"]+)";/.exec(value) ?? [];
  expect(Buffer.from(secret, "base64")).toHaveLength(size);
  expect(parts).toEqual({ name: keyName, algorithm });
});

test("gives a bare key that BIND accepts in a clause", async () => {
  const { value, public: parts } = await generate(tsig, { keyName: "acme" });
  const clause = `key "${parts["name"]}" { algorithm ${parts["algorithm"]}; secret "${value}"; };`;
  expect(run("named-checkconf", [file(clause)])).toBe("");
  expect(() => run("named-checkconf", [file(clause.replace(value, "no base64!"))])).toThrow(/named-checkconf/);
});
