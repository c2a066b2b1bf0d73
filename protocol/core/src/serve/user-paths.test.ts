import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { startProvider, straceMissing, type Message } from "../testing/index.ts";

const main = join(import.meta.dirname, "../fixtures/room.ts");
const folder = mkdtempSync(join(tmpdir(), "user-paths-"));
const file = join(folder, "secret");
const fifo = join(folder, "fifo");
writeFileSync(file, "hunter2-hunter2", { mode: 0o600 });
execFileSync("mkfifo", ["-m", "0600", fifo]);
afterAll(() => rm(folder, { recursive: true }));

const requestFor = (secret: Message, timeoutSeconds: number): Message => ({
  createResourceRequest: {
    type: "moody",
    inputProperties: { connection: {}, mood: "telling", secret, managedBy: "shop", timeoutSeconds },
    isStateful: true,
  },
});

test("rejects a FIFO at once, as file and as credential", async () => {
  const provider = startProvider({ main, environment: { CREDENTIALS_DIRECTORY: folder } });
  for (const secret of [{ file: fifo }, { credential: "fifo" }]) {
    provider.send(requestFor(secret, 60));
    expect(JSON.stringify(await provider.answer())).toContain("[secret.file.unreadable]");
  }
  expect((await provider.finish()).exitCode).toBe(0);
});

// strace delays the call in the kernel, as a mount does that does not answer.
const reason = straceMissing();
describe.skipIf(reason !== undefined)(
  `a file that does not answer${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    const hang = ["-f", "-qq", "-o", "/dev/null", "-P", file, "-e", "trace=openat", "-e"];
    const under = ["strace", ...hang, "inject=openat:delay_enter=600000000"];

    test("is given up at the deadline, and the process ends with its input", async () => {
      const provider = startProvider({ main, under });
      provider.send(requestFor({ file }, 3));
      const answer = JSON.stringify(await provider.answer());
      expect(answer).toContain(`[protocol.timeout] Unable to answer for moody telling: 3 s were not enough`);
      expect(answer).toContain(`while waiting for the file ${file}`);
      provider.send(requestFor({ env: "NOT_SET_HERE" }, 60));
      expect(JSON.stringify(await provider.answer())).toContain("[secret.env.missing]");
      await provider.finish();
      expect(provider.hasEnded).toBe(true);
    });
  },
);

describe.skipIf(reason !== undefined)("SIGTERM while a file does not answer", () => {
  test("ends the process after the answer", async () => {
    const pidFile = join(folder, "pid");
    const hang = ["-f", "-qq", "-o", "/dev/null", "-P", file, "-e", "trace=openat", "-e"];
    const shell = `echo $$ > ${pidFile}; exec "$@"`;
    const under = ["strace", ...hang, "inject=openat:delay_enter=600000000", "sh", "-c", shell, "sh"];
    const provider = startProvider({ main, under });
    provider.send(requestFor({ file }, 4));
    while (!provider.shown().stderr.includes("still waiting for the file")) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    execFileSync("sh", ["-c", `kill -TERM $(cat ${pidFile})`]);
    expect(JSON.stringify(await provider.answer())).toContain("[protocol.timeout]");
    while (!provider.hasEnded) await new Promise((resolve) => setTimeout(resolve, 100));
    await provider.finish();
  });
});
