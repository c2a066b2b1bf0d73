import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { runWith } from "../request/context.ts";
import { ProgramFailed, programOutput } from "./program-output.ts";

const folder = mkdtempSync(join(tmpdir(), "tree-"));
afterAll(() => rm(folder, { recursive: true }));

const read = (name: string): string[] => {
  try {
    return readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
};

/** Zombies have ended. */
const isRunning = (pid: string): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
};

test.skipIf(process.platform !== "linux")(
  "ends a program with its children, orphans and deaf ones among them, when its request ends",
  async () => {
    const pids = join(folder, "pids");
    const script = `
      echo $$ >> ${pids}
      (trap "" TERM; sleep 1001 & echo $! >> ${pids}; wait; wait) &
      (sh -c 'sleep 1002 & echo $! >> ${pids}')
      (env -i sleep 1003 & echo $! >> ${pids}; wait) &
      (setsid sh -c 'echo $$ > ${folder}/daemon; exec sleep 30' &)
      wait`;
    const abort = new AbortController();
    const running = runWith({ signal: abort.signal }, () => programOutput("sh", ["-c", script], 1000));
    const ended = running.catch((error: unknown) => error);
    await vi.waitFor(() => expect(read("pids").length).toBe(4), 20_000);
    await vi.waitFor(() => expect(read("daemon").length).toBe(1), 20_000);
    for (const pid of read("pids")) expect(isRunning(pid)).toBe(true);
    abort.abort();
    expect(await ended).toBeInstanceOf(ProgramFailed);
    await vi.waitFor(() => expect(read("pids").filter(isRunning)).toEqual([]), 20_000);
    const [daemon = ""] = read("daemon");
    expect(isRunning(daemon), "a daemon, such as gpg-agent").toBe(true);
    process.kill(Number(daemon));
  },
);

test("is not started for a request that is over", async () => {
  const signal = AbortSignal.abort();
  await expect(runWith({ signal }, () => programOutput("true", [], 10))).rejects.toThrow("was not started");
});

test("ends a program that prints too much", async () => {
  await expect(programOutput("cat", ["/dev/zero"], 100_000)).rejects.toThrow("printed more than 100000 bytes");
});

test("reports NUL in an argument as the user's mistake", async () => {
  await expect(programOutput("echo", ["a\0b"], 10)).rejects.toBeInstanceOf(ProgramFailed);
});

test("leaves a program its terminal, on which it may ask for a PIN", (context) => {
  if (spawnSync("script", ["--version"]).status !== 0) context.skip("script of bsdutils is not installed");
  const ref = join(import.meta.dirname, "ref.ts");
  const asking = "printf 'PIN? ' > /dev/tty; read pin < /dev/tty; printf 'got-%s' $pin";
  const code = `import { resolveSecret } from ${JSON.stringify(ref)};
    const secret = await resolveSecret({ command: ["sh", "-c", ${JSON.stringify(asking)}] }, "the secret");
    console.log(secret.revealText().toUpperCase());`;
  const command = `${process.execPath} --input-type=module -e '${code.replaceAll("'", String.raw`'\''`)}'`;
  const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { input: "1234\n", encoding: "utf8" });
  expect(stdout).toContain("PIN? ");
  expect(stdout).toContain("GOT-1234");
});
