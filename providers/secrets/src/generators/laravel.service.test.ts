import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { laravelAppKey, laravelPassport } from "./laravel.ts";

const { run, file } = usePrograms({ openssl: "openssl" });

test("gives an APP_KEY that openssl uses as AES-256 key", async () => {
  const { value } = await generate(laravelAppKey, {});
  expect(value).toMatch(/^base64:/);
  const key = Buffer.from(value.slice("base64:".length), "base64").toString("hex");
  const sealed = run("openssl", ["enc", "-aes-256-cbc", "-K", key, "-iv", "0".repeat(32), "-a"], "a session");
  expect(run("openssl", ["enc", "-d", "-aes-256-cbc", "-K", key, "-iv", "0".repeat(32), "-a"], `${sealed}\n`)).toBe(
    "a session",
  );
});

test("gives a Passport key pair of RSA with 4096 bits that signs and verifies with openssl", async () => {
  const { value, public: parts } = await generate(laravelPassport, {});
  expect(run("openssl", ["rsa", "-noout", "-text"], value)).toContain("4096 bit");
  const [message, signature] = [file("a token"), file("")];
  run("openssl", ["dgst", "-sha256", "-sign", file(value), "-out", signature, message]);
  const key = file(parts["publicKey"] ?? "");
  expect(run("openssl", ["dgst", "-sha256", "-verify", key, "-signature", signature, message])).toBe("Verified OK");
});
