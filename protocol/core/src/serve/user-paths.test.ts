import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { startProvider, type Message } from "../testing/provider-process.ts";
import { straceMissing } from "../testing/strace.ts";

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

// strace delays the call in the kernel, as a mount does that does not answer. It goes on waiting after the process ended.
const reason = straceMissing();
describe.skipIf(reason !== undefined)(
  `a file that does not answer${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    const pidFile = join(folder, "pid");
    const under = [
      ..."strace -f -qq -o /dev/null -e trace=openat -e inject=openat:delay_enter=600000000 -P".split(" "),
      file,
      "sh",
      "-c",
      `echo $$ > ${pidFile}; exec "$@"`,
      "sh",
    ];
    const hasEnded = (): boolean => {
      try {
        return /\) [ZX] /.test(readFileSync(`/proc/${readFileSync(pidFile, "utf8").trim()}/stat`, "latin1"));
      } catch {
        return true;
      }
    };

    test("is given up at the deadline, and the process ends with its input", async () => {
      const provider = startProvider({ main, under });
      provider.send(requestFor({ file }, 3));
      const answer = JSON.stringify(await provider.answer());
      expect(answer).toContain("[protocol.timeout] Unable to answer for moody telling: the time limit of 3 s expired");
      expect(answer).toContain(`while waiting for the file ${file}`);
      provider.send(requestFor({ env: "NOT_SET_HERE" }, 60));
      expect(JSON.stringify(await provider.answer())).toContain("[secret.env.missing]");
      expect(hasEnded()).toBe(false);
      const finished = provider.finish();
      await vi.waitFor(() => expect(hasEnded()).toBe(true), 20_000);
      provider.kill();
      await finished;
    });

    test("does not keep the process from ending by SIGTERM, after the answer", async () => {
      const provider = startProvider({ main, under });
      provider.send(requestFor({ file }, 4));
      await vi.waitFor(() => expect(provider.shown().stderr).toContain('"waiting"'), 40_000);
      process.kill(Number(readFileSync(pidFile, "utf8")), "SIGTERM");
      expect(JSON.stringify(await provider.answer())).toContain("[protocol.timeout]");
      await vi.waitFor(() => expect(hasEnded()).toBe(true), 20_000);
      provider.kill();
      await provider.finish();
    });
  },
);
