import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { findProgram } from "@nixops4-resources/integration-servers/process/find-program";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { ask, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

// Runs the commands of docs/secrets.md in order, with temporary folders in place of the machine's.
const page = readFileSync(join(import.meta.dirname, "../../../docs/secrets.md"), "utf8");
const main = join(import.meta.dirname, "../dist/main.cjs");
let machine: string;

beforeEach(async (context) => {
  await startOrSkip(context, async () =>
    [
      ["age", "age"],
      ["age-keygen", "age"],
      ["git", "git"],
    ].map(([program = "", name = ""]) => findProgram(program, name)),
  );
});
beforeAll(() => {
  machine = mkdtempSync(join(tmpdir(), "nixops4-machine-"));
  for (const folder of ["srv", "root", "bin"]) mkdirSync(join(machine, folder), { mode: 0o700 });
  symlinkSync(main, join(machine, "bin/nixops4-resources-secrets"));
});
afterAll(() => rm(machine, { recursive: true }));

/** The commands under a heading of the page. */
function commandsUnder(heading: string): string {
  const [, section = ""] = new RegExp(String.raw`^## ${heading}\n(.*?)(?=^## |$(?![^]))`, "ms").exec(page) ?? [];
  return [...section.matchAll(/^( *)```sh\n(.*?)^ *```$/gms)]
    .map(([, indent = "", commands = ""]) => commands.replaceAll(new RegExp(`^${indent}`, "gm"), ""))
    .join("");
}

/** Runs a script as an operator would, and returns its output. */
function run(script: string, environment: Record<string, string> = {}): { stdout: string; stderr: string } {
  const here = script.replaceAll(/(?<![\w.])\/(srv|root)\//g, `${machine}/$1/`);
  const { status, stdout, stderr } = spawnSync("sh", ["-eu", "-c", here], {
    encoding: "utf8",
    env: {
      PATH: [join(machine, "bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter),
      HOME: join(machine, "root"),
      GIT_AUTHOR_NAME: "operator",
      GIT_AUTHOR_EMAIL: "operator@example.org",
      GIT_COMMITTER_NAME: "operator",
      GIT_COMMITTER_EMAIL: "operator@example.org",
      ...environment,
    },
  });
  expect(status, `${script}\n${stderr}`).toBe(0);
  return { stdout, stderr };
}

const recipientOf = (identity: string): string => run(`age-keygen -y ${identity}`).stdout.trim();

/** Applies the page's `db_password`. */
async function apply(inputs: Message): Promise<Message> {
  const connection: Message = JSON.parse(readFileSync(join(machine, "root/store.json"), "utf8"));
  const inputProperties = { connection, name: "shop/db", generator: { password: { length: 40 } }, managedBy: "shop" };
  const { answers, stderr } = await ask(
    { main },
    {
      createResourceRequest: { type: "secret", inputProperties: { ...inputProperties, ...inputs }, isStateful: false },
    },
  );
  expect(answers[0], stderr).toHaveProperty("createResourceResponse");
  return answers[0] ?? {};
}

const reveal = (store: string): string =>
  run(`nixops4-resources-secrets show shop/db --reveal --connection ${store}`).stdout;

test(
  "lets an operator start, import, back up, rotate, replace the identity and recover",
  { timeout: 120_000 },
  async () => {
    const started = run(commandsUnder("Start"));
    expect(started.stdout).toMatch(/^age1\w+\n$/);
    run("age-keygen -o /root/safe-identity");
    const safe = recipientOf("/root/safe-identity");

    const look = commandsUnder("Inspect the store");
    writeFileSync(join(machine, "root/store.json"), "{}");
    const [written = "", ...looks] = look.split(/(?<=^END\n)/m);
    run(written);
    await apply({ recipients: [safe] });
    const looked = run(looks.join(""));
    const value = reveal("/root/store.json");
    expect(value).toMatch(/^[\w-]{40}$/);
    expect(looked.stdout.split(value), "revealed").toHaveLength(2);
    expect(looked.stdout.split(Buffer.from(value).toString("base64")), "decrypted by age").toHaveLength(2);

    run('printf imported-by-reference | age -r "$recipient" -o /root/mail.age', { recipient: started.stdout.trim() });
    run(commandsUnder("Use existing secrets"), { value: "imported from stdin" });
    expect(run("nixops4-resources-secrets inventory --connection /root/store.json").stdout).toMatch(
      /shop\/mail[^]*shop\/smtp/,
    );

    const backUp = commandsUnder("Back up");
    run(backUp);
    await apply({ recipients: [safe] });
    expect(run("git -C /srv/secrets status --porcelain").stdout, "an apply that changes nothing").toBe("");

    run(commandsUnder("Rotate a secret"));
    expect(JSON.stringify(await apply({ recipients: [safe] }))).toContain('"version":2');
    expect(reveal("/root/store.json")).not.toBe(value);

    run("age-keygen -o /root/new-identity");
    await apply({ recipients: [safe, recipientOf("/root/new-identity")] });
    run("sed -i s/secrets-identity/new-identity/ /root/store.json");
    const rewrapped = run(commandsUnder("Replace the identity, or a recipient"));
    const old = recipientOf("/root/secrets-identity");
    expect(rewrapped.stdout).toMatch(/^shop\/db is encrypted to age1/m);
    expect(rewrapped.stdout.split("\n")[0]).not.toContain(old);
    run("! age --decrypt -i /root/secrets-identity /srv/secrets/shop/db.age");
    await apply({ recipients: [safe, recipientOf("/root/new-identity")] });

    const recovered = run(commandsUnder("Recover from a lost machine"));
    expect(recovered.stdout).toMatch(/^shop\/db is encrypted to/m);
    expect(reveal("/root/store.json"), "the value of the backup").toBe(value);
  },
);
