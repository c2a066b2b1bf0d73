import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { wireguard } from "./wireguard.ts";

const { run } = usePrograms({ wg: "wireguard-tools" });

test("gives a clamped private key, with the public key that wg computes", async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => generate(wireguard, {})));
  for (const { value, public: parts } of made) {
    expect(run("wg", ["pubkey"], value)).toBe(parts["publicKey"]);
    const bytes = Buffer.from(value, "base64");
    expect(bytes).toHaveLength(32);
    expect([bytes.readUInt8(0) & 0b0000_0111, bytes.readUInt8(31) & 0b1100_0000]).toEqual([0, 0b0100_0000]);
  }
});
