import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { dkim } from "./dkim.ts";

const { run } = usePrograms({ openssl: "openssl" });

test("gives a TXT value in strings that DNS allows, with the public key that openssl computes", async () => {
  const { value, public: parts } = await generate(dkim, {});
  const { txt = "", txt1 = "", txt2 = "" } = parts;
  expect(txt).toHaveLength(410);
  expect(txt1 + txt2).toBe(txt);
  expect(Math.max(txt1.length, txt2.length)).toBeLessThanOrEqual(255);

  const [, base64 = ""] = /^v=DKIM1; k=rsa; p=([A-Za-z0-9+/]+=*)$/.exec(txt) ?? [];
  const pem = run("openssl", ["pkey", "-pubout"], value);
  expect(pem.split("\n").slice(1, -1).join("")).toBe(base64);
  expect(run("openssl", ["pkey", "-noout", "-text"], value)).toContain("2048 bit");
});
