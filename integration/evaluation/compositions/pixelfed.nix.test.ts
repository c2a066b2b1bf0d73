import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeNix } from "@nixops4-resources/integration-nix/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { evaluateFragment } from "./fragment.ts";
import { textsOf, valueAt, type Value } from "./values.ts";

const run = promisify(execFile);
const relay = (security: string, port: number): string =>
  `{ smtp = { host = "relay"; port = ${String(port)}; user = null; security = "${security}"; from = { name = "x"; address = "x@y.example"; }; }; }`;

/** A folder for the state and the credentials of a unit. */
let machine: string;
beforeEach(() => void (machine = mkdtempSync(join(tmpdir(), "pixelfed-"))));
afterEach(() => rmSync(machine, { recursive: true }));

await describeNix("Pixelfed's NixOS fragment", ({ evaluate }) => {
  const config = async (part: string, inputs?: string): Promise<Value | undefined> =>
    valueAt((await evaluateFragment(evaluate, "pixelfed", inputs)).config, part.split("."));
  const settings = (inputs?: string): Promise<Value | undefined> => config("services.pixelfed.settings", inputs);

  test("lists all variables in the table", async () => {
    const { table } = await evaluateFragment(evaluate, "pixelfed");
    const variables = Object.keys((await settings()) ?? {});
    expect(table.map(({ setting }) => setting)).toEqual(expect.arrayContaining(variables));
  });

  test("takes its settings from here, and not from what an administrator saved", async () => {
    expect(await settings()).toMatchObject({ ENABLE_CONFIG_CACHE: false });
  });

  test("keeps media in the bucket, at the host of the media", async () => {
    expect(await settings()).toMatchObject({
      PF_ENABLE_CLOUD: true,
      FILESYSTEM_CLOUD: "s3",
      DANGEROUSLY_SET_FILESYSTEM_DRIVER: "local",
      AWS_BUCKET: "alice-social-media",
      AWS_URL: "https://media.social.alice.example",
      AWS_USE_PATH_STYLE_ENDPOINT: true,
    });
  });

  test("removes media from the machine after they were moved: the scheduler runs every minute", async () => {
    expect(await config("systemd.timers.pixelfed-cron.timerConfig")).toEqual({
      OnBootSec: [],
      OnUnitActiveSec: [],
      OnCalendar: "minutely",
      AccuracySec: "1s",
    });
  });

  test("quotes values that dotenv would read in another way", async () => {
    const quoted = await settings(String.raw`{ title = "Alice's \"photos\" for $5 # \\"; }`);
    expect(quoted).toMatchObject({
      APP_NAME: String.raw`"Alice's \"photos\" for \$5 # \\"`,
      AWS_BUCKET: "alice-social-media",
    });
  });

  test("verifies the database server in every process that connects to it", async () => {
    const services = await config("systemd.services");
    for (const name of ["data-setup", "horizon", "cron", "first-admin"])
      expect(services, name).toMatchObject({ [`pixelfed-${name}`]: { environment: { PGCHANNELBINDING: "require" } } });
    expect(await config("services.phpfpm.pools.pixelfed.phpEnv")).toEqual({ PGCHANNELBINDING: "require" });
  });

  test("names the upstream issue about PostgreSQL in a warning", async () => {
    expect(await config("warnings")).toEqual([
      expect.stringContaining("https://github.com/pixelfed/pixelfed/issues/2727"),
    ]);
  });

  test.each([
    ["starttls", 587, true],
    ["none", 25, true],
    ["tls", 465, true],
    ["tls", 4465, false],
  ])("supports mail with %s at port %d: %s", async (security, port, supported) => {
    expect(await config("assertions", relay(security, port))).toMatchObject([
      {
        assertion: supported,
        message: expect.stringContaining(
          `[compositions.smtp.unsupported] Unable to send mail of pixelfed social over TLS to port ${String(port)}`,
        ),
      },
    ]);
  });

  test("installs our Passport keys before the module would create its own", async () => {
    const [preStart = ""] = textsOf((await config("systemd.services.pixelfed-data-setup.preStart")) ?? null);
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const stored = join(machine, "storage/oauth-private.key");
    writeFileSync(join(machine, "oauth-private.key"), privateKey);
    const env = { ...process.env, CREDENTIALS_DIRECTORY: machine, STATE_DIRECTORY: machine };
    for (const _time of [1, 2]) await run("bash", ["-e", "-c", `umask 077\n${preStart}`], { env });
    expect(readFileSync(stored, "utf8")).toBe(privateKey);
    expect(statSync(stored).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(machine, "storage/oauth-public.key"), "utf8")).toBe(publicKey);
    expect(existsSync(join(machine, ".passport-keys-generated"))).toBe(true);
  });
});
