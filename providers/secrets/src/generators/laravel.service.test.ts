import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { laravelAppKey, laravelPassport } from "./laravel.ts";

const { run, file } = usePrograms({ openssl: "openssl" });

test("APP_KEY is a key of AES-256, as openssl takes it", async () => {
  const { value } = await generate(laravelAppKey, {});
  expect(value).toMatch(/^base64:/);
  const key = Buffer.from(value.slice("base64:".length), "base64").toString("hex");
  const sealed = run("openssl", ["enc", "-aes-256-cbc", "-K", key, "-iv", "0".repeat(32), "-a"], "a session");
  expect(run("openssl", ["enc", "-d", "-aes-256-cbc", "-K", key, "-iv", "0".repeat(32), "-a"], `${sealed}\n`)).toBe(
    "a session",
  );
});

test("Passport's pair is one of RSA with 4096 bits, and openssl verifies with one what the other signs", async () => {
  const { value, public: parts } = await generate(laravelPassport, {});
  expect(run("openssl", ["rsa", "-noout", "-text"], value)).toContain("4096 bit");
  const [message, signature] = [file("a token"), file("")];
  run("openssl", ["dgst", "-sha256", "-sign", file(value), "-out", signature, message]);
  const key = file(parts["publicKey"] ?? "");
  expect(run("openssl", ["dgst", "-sha256", "-verify", key, "-signature", signature, message])).toBe("Verified OK");
});
