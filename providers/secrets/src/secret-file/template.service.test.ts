import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { HostFolder } from "../testing/host-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const host = new HostFolder();
const { username, gid } = userInfo();
const path = host.pathOf("mastodon.env");
const awkward = `a"b'c\\d$HOME\`id\`#e f`;
const environment = { PATH: host.path, DB: "correct horse\n", S3: awkward, KEY: "-----BEGIN\nx\n-----END" };
const deployment = new Deployment(main, { registry: host.registry }, environment);
const secrets = { db: { env: "DB" }, s3: { env: "S3" }, key: { env: "KEY" } };
const apply = (template: Message, from = deployment) =>
  from.create("secret_file", { path, template, owner: username, group: String(gid) });
const written = (): string => readFileSync(path, "utf8");

beforeEach(() => host.reset());
afterAll(() => host[Symbol.dispose]());

describe("a template", () => {
  test("is an environment file that a shell reads as it was meant, whatever the values contain", async () => {
    const text =
      "# Written by NixOps4\nDB_PASS={{ db }}\nURL=postgresql://app:{{db}}@db/app\nS3={{ s3 }}\nKEY={{ key }}\nPLAIN=$x\n";
    await apply({ text, secrets, format: "systemdEnvironment" });
    const shown = execFileSync("bash", ["-c", `. "$0"; printf '%s|' "$DB_PASS" "$URL" "$S3" "$KEY"`, path], {
      encoding: "utf8",
      env: { x: "1" },
    });
    expect(shown).toBe(`correct horse|postgresql://app:correct horse@db/app|${awkward}|-----BEGIN\nx\n-----END|`);
    expect(written()).toContain("# Written by NixOps4\n");
    expect(written()).toContain("\nPLAIN=$x\n");
  });

  test("is quoted for Laravel, for YAML, or not at all", async () => {
    await apply({ text: "APP_KEY={{ s3 }}", secrets: { s3: secrets.s3 }, format: "dotenv" });
    expect(written()).toBe('APP_KEY="a\\"b\'c\\\\d\\$HOME`id`#e f"');
    await apply({
      text: "smtp: { password: {{ s3 }} }\nkey: {{key}}",
      secrets: { s3: secrets.s3, key: secrets.key },
      format: "yaml",
    });
    expect(written()).toBe(`smtp: { password: ${JSON.stringify(awkward)} }\nkey: "-----BEGIN\\nx\\n-----END"`);
    await apply({ text: "{{ db }}:{{ s3 }}", secrets: { db: secrets.db, s3: secrets.s3 } });
    expect(written()).toBe(`correct horse:${awkward}`);
  });

  test("is written again when one of its secrets changes, and says nothing of them", async () => {
    const template = { text: "DB={{ db }}", secrets: { db: secrets.db }, format: "systemdEnvironment" };
    const { outputs } = await apply(template);
    expect((await apply(template)).outcome).toBe("unchanged");
    const rotated = new Deployment(main, { registry: host.registry }, { ...environment, DB: "battery staple" });
    const planned = await rotated.plan("secret_file", { path, template, owner: username, group: String(gid) });
    expect(planned.body).toMatchObject({ action: "update", differences: [{ field: "template" }] });
    expect(planned.said + JSON.stringify(planned.body)).not.toMatch(/horse|staple/);
    const again = await apply(template, rotated);
    expect(again.outcome).toBe("updated");
    expect(again.outputs["fingerprint"]).not.toBe(outputs["fingerprint"]);
    expect(written()).toBe('DB="battery staple"');
  });

  test.each([
    ["a placeholder without a secret", { text: "A={{ other }}", secrets: {} }, "names the secret other"],
    ["a secret without a placeholder", { text: "A=b", secrets: { db: secrets.db } }, "{{ db }}"],
    [
      "quotes around a placeholder",
      { text: 'A="{{ db }}"', secrets: { db: secrets.db }, format: "systemdEnvironment" },
      "quoted as a whole",
    ],
    [
      "a placeholder in a name",
      { text: "{{ db }}=1", secrets: { db: secrets.db }, format: "dotenv" },
      "in the value of a line",
    ],
    [
      "a part of a value in YAML",
      { text: "url: redis://{{ db }}@host", secrets: { db: secrets.db }, format: "yaml" },
      "a whole value",
    ],
  ])("with %s is rejected at plan and apply, and nothing is written", async (_what, template, reason) => {
    const planned = await deployment.plan("secret_file", { path, template });
    for (const { error } of [planned, await apply(template)]) {
      expect(error).toContain("[secrets.template.invalid]");
      expect(error).toContain(reason);
    }
    expect(existsSync(path)).toBe(false);
  });

  test("whose secret is no text is rejected by the secret's name, without its value", async () => {
    const template = { text: "A={{ raw }}", secrets: { raw: { command: ["printf", "\\377\\376hunter2"] } } };
    const { error } = await apply(template);
    expect(error).toContain("[secret.text.invalid]");
    expect(error).toContain("the secret raw");
    expect(error).not.toContain("hunter2");
  });

  test("does not go together with `source`, and one of them is needed", async () => {
    const both = { path, source: { env: "DB" }, template: { text: "x", secrets: {} } };
    for (const inputs of [both, { path }]) {
      expect((await deployment.create("secret_file", inputs)).error).toContain(
        "exactly one of `source` and `template`",
      );
    }
  });
});
