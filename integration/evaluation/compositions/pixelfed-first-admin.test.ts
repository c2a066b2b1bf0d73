import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "@nixops4-resources/integration-nix/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const run = promisify(execFile);
const script = join(repository, "nix/compositions/pixelfed/first-admin.sh");
const password = "canary0123456789";

/**
 * Behaves as `artisan` does: finds a user by name, or by number if the name is one; reads the answers to its questions from
 * stdin; and ends with success if it fails. Users are in the file `users`, calls in `calls`.
 */
const manage = `#!/bin/sh
cd "$CREDENTIALS_DIRECTORY"
echo "$@" >> calls
case $1 in
  user:show) case $2 in *[!0-9]*) grep -x "$2" users ;; *) sed -n "$2p" users ;; esac 2> /dev/null | sed 's/^/Username: /' ;;
  user:create) cat > answers; [ -e refuse ] || sed -n 2p answers >> users ;;
esac
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "first-admin-"));
  writeFileSync(join(folder, "password"), password);
  writeFileSync(join(folder, "pixelfed-manage"), manage);
  chmodSync(join(folder, "pixelfed-manage"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (name = "alice"): Promise<{ stdout: string; stderr: string }> =>
  run("bash", ["-e", script], {
    env: {
      PATH: `${folder}:${process.env["PATH"] ?? ""}`,
      CREDENTIALS_DIRECTORY: folder,
      ADMIN_NAME: name,
      ADMIN_EMAIL: "alice@alice.example",
    },
  });
const written = (name: string): string => readFileSync(join(folder, name), "utf8");

describe("the first administrator of Pixelfed", () => {
  test("is created with a password that no command line contains", async () => {
    const { stdout, stderr } = await start();
    expect(written("answers").split("\n")).toEqual([
      "alice",
      "alice",
      "alice@alice.example",
      password,
      password,
      "yes",
      "yes",
      "yes",
      "",
    ]);
    expect(written("calls") + stdout + stderr).not.toContain(password);
  });

  test("is not created again", async () => {
    await start();
    rmSync(join(folder, "answers"));
    await start();
    expect(existsSync(join(folder, "answers"))).toBe(false);
  });

  test("is not taken for a user with a longer name, whom Pixelfed shows by number", async () => {
    writeFileSync(join(folder, "users"), "1984\n");
    await expect(start("1")).rejects.toMatchObject({ code: 1 });
    expect(written("users")).toBe("1984\n1\n");
  });

  test("is tried again if Pixelfed did not create it, although it reports success", async () => {
    writeFileSync(join(folder, "refuse"), "");
    await expect(start()).rejects.toMatchObject({ code: 1 });
  });
});
