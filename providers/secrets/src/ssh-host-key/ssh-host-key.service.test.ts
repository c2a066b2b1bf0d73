import { createHash } from "node:crypto";
import { join } from "node:path";
import { Secret } from "@nixops4-resources/protocol-core";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { newSecret } from "@nixops4-resources/protocol-secrets/testing";
import { bech32 } from "@scure/base";
import { afterAll, describe, expect, test } from "vitest";
import sshHostKey from "./ssh-host-key.ts";
import { DirectoryBackend } from "../testing/directory-backend.ts";
import { usePrograms } from "../testing/programs.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const name = "web/host-key";
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDX0bkYxJkRzJyj8gyDKvOcjCC9mZ0MrvnpqaAvP0tqB";
const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

testResource(sshHostKey, {
  main,
  backend: () => DirectoryBackend.make(),
  reached: "files",
  want: { name, hostNames: ["web.example.org"] },
  changed: { recipients: [recipient], graceSeconds: 60 },
  immutable: { name: "web/other" },
  notChanged: {
    generation: "it can only be raised; tested below",
    algorithm: "it changes only together with the generation; tested below",
    hostNames: "they are only in the outputs; tested below",
  },
  notDisturbed: "it shares its code with `secret`, which is killed in secret.service.test.ts",
  oneBrokenConnection: "The contract of `secret` tries all of them.",
  newEachTime: ["ref", "fingerprint", "createdAt", "publicKey", "knownHosts", "sshfp", "ageRecipient"],
  drift: { graceSeconds: (backend) => backend.byHand((store) => store.change(name, { graceSeconds: 1 })) },
  makeUnmarked: (backend) =>
    backend.byHand((store) =>
      store.create(
        newSecret(name, {
          mark: undefined,
          value: new Secret("imported"),
          specification: {},
          public: { publicKey },
          graceSeconds: 86_400,
        }),
      ),
    ),
});

const backend = await DirectoryBackend.make();
const deployment = new Deployment(main, backend.connection);
afterAll(() => backend[Symbol.asyncDispose]());

describe("a host key", () => {
  const { run, file } = usePrograms({ "ssh-keygen": "openssh-client", "age-keygen": "age", age: "age" });

  test.each(["ed25519", "ecdsa-p256", "rsa-2048"])(
    "with %s has the known_hosts line and SSHFP record of ssh-keygen",
    async (algorithm) => {
      const hostNames = ["web.example.org", "[192.0.2.1]:2222"];
      const { outputs, error } = await deployment.create("ssh_host_key", { name: algorithm, algorithm, hostNames });
      expect(error).toBeUndefined();
      const key = file(await backend.valueOf(algorithm));
      expect(run("ssh-keygen", ["-y", "-f", key])).toBe(outputs["publicKey"]);

      const known = file(`${String(outputs["knownHosts"])}\n`);
      for (const host of hostNames) expect(run("ssh-keygen", ["-F", host, "-f", known])).toContain("found");
      const publicFile = file(`${String(outputs["publicKey"])}\n`);
      const records = run("ssh-keygen", ["-r", "web.example.org", "-f", publicFile]).split("\n");
      expect(records).toContain(`web.example.org IN SSHFP ${String(Object(outputs["sshfp"])[0])}`);
      expect(outputs["sshfp"]).toHaveLength(1);
    },
  );

  test("changes the known_hosts line with the host names, without a write", async () => {
    const inputs = { name: "names", hostNames: ["old"] };
    const { outputs } = await deployment.create("ssh_host_key", inputs);
    const renamed = await deployment.update("ssh_host_key", inputs, { ...inputs, hostNames: ["new", "newer"] });
    expect(renamed.outcome).toBe("unchanged");
    expect(renamed.outputs).toEqual({ ...outputs, knownHosts: `new,newer ${String(outputs["publicKey"])}` });
  });

  test("with another algorithm needs a higher generation", async () => {
    const inputs = { name: "kinds", hostNames: ["web"] };
    await deployment.create("ssh_host_key", inputs);
    const changed = { ...inputs, algorithm: "ecdsa-p256" };
    expect((await deployment.create("ssh_host_key", changed)).error).toContain("[secrets.generator.changed]");
    const raised = await deployment.create("ssh_host_key", { ...changed, generation: 2 });
    expect(raised.outputs).toMatchObject({ version: 2, publicKey: expect.stringMatching(/^ecdsa-sha2-nistp256 /) });
    expect((await deployment.create("ssh_host_key", inputs)).error).toContain("[secrets.generation.lowered]");
  });

  test("rejects a secret that is not an SSH key", async () => {
    await backend.byHand((store) =>
      store.create(newSecret("else", { mark: undefined, specification: {}, public: {} })),
    );
    const { error } = await deployment.create("ssh_host_key", { name: "else", hostNames: ["web"], adopt: true });
    expect(error).toContain("[secrets.hostKey.none] Unable to update ssh host key else");
  });

  test("has an age recipient that the private key decrypts", async () => {
    const { outputs } = await deployment.create("ssh_host_key", { name: "age", hostNames: ["web"] });
    // As `ssh-to-age -private-key`: the scalar of the key, in age's format.
    const seed = seedOf(await backend.valueOf("age"), String(outputs["publicKey"]));
    const scalar = createHash("sha512").update(seed).digest().subarray(0, 32);
    const identity = bech32.encodeFromBytes("age-secret-key-", scalar).toUpperCase();
    expect(run("age-keygen", ["-y"], identity)).toBe(outputs["ageRecipient"]);
    const rsa = await deployment.create("ssh_host_key", { name: "rsa", algorithm: "rsa-2048", hostNames: ["web"] });
    expect(rsa.outputs["ageRecipient"]).toBeNull();
  });

  test("is an identity that opens a file encrypted to its age recipient", async () => {
    const { outputs } = await deployment.create("ssh_host_key", { name: "identity", hostNames: ["web"] });
    const encrypted = file(run("age", ["--armor", "-r", String(outputs["ageRecipient"])], "for the host"));
    const identity = { file: file(await backend.valueOf("identity")) };
    const generator = { copy: { source: { age: { file: encrypted, identity } } } };
    expect((await deployment.create("secret", { name: "opened", generator })).error).toBeUndefined();
    expect(await backend.valueOf("opened")).toBe("for the host");
  });
});

/** In OpenSSH's format the seed comes right before the last copy of the public key. */
function seedOf(privateKey: string, line: string): Buffer {
  const file = Buffer.from(privateKey.replaceAll(/-----.*-----|\n/g, ""), "base64");
  const end = file.lastIndexOf(Buffer.from(line.split(" ")[1] ?? "", "base64").subarray(-32));
  return file.subarray(end - 32, end);
}
