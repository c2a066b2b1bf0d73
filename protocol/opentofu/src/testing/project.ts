import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { findOpenTofu } from "@nixops4-resources/integration-servers/opentofu/program";

/** The result of a command. `status` of a plan is 0 (no changes), 1 (failed) or 2 (changes). */
export interface Ran {
  readonly status: number | null;
  /** Both streams in one line, without the boxes around messages. */
  readonly output: string;
  /** The errors alone, in the same form. */
  readonly errors: string;
}

export interface ProjectOptions {
  /** The text of the engine's settings (`.tofurc`). */
  readonly settings: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** A folder with a configuration, a state and the real `tofu`. */
export class Project implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "nixops4-tofu-"));
  readonly #tofu = findOpenTofu();
  readonly #environment: NodeJS.ProcessEnv;

  constructor({ settings, environment = {} }: ProjectOptions) {
    const file = this.write(".tofurc", settings);
    this.#environment = {
      ...process.env,
      ...environment,
      TF_CLI_CONFIG_FILE: file,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
    };
  }

  /** Writes a file of the project; returns its path. */
  write(name: string, content: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, content);
    return file;
  }

  /** Forgets the state without the backend. */
  forget(): void {
    rmSync(join(this.folder, "terraform.tfstate"), { force: true });
  }

  /** The process is the leader of a group, as one that a shell starts. */
  start(command: string, ...args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
    return spawn(this.#tofu, [command, ...args], {
      cwd: this.folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  }

  async run(command: string, ...args: readonly string[]): Promise<Ran> {
    const child = this.start(command, ...args);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    return { status: child.exitCode, output: inOneLine(`${stdout}${stderr}`), errors: inOneLine(stderr) };
  }

  plan = (...args: readonly string[]): Promise<Ran> => this.run("plan", "-input=false", "-detailed-exitcode", ...args);
  apply = (...args: readonly string[]): Promise<Ran> => this.run("apply", "-input=false", "-auto-approve", ...args);
  destroy = (): Promise<Ran> => this.run("destroy", "-input=false", "-auto-approve");

  /** The contents of those of the project's files that exist. */
  read(...names: readonly string[]): string {
    const files = names.map((name) => join(this.folder, name)).filter((file) => existsSync(file));
    return files.map((file) => readFileSync(file, "latin1")).join("\n");
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A message is in a box, whose lines begin with a bar and break at any word. */
const inOneLine = (shown: string): string => stripVTControlCharacters(shown).replaceAll(/\s*\n\s*[│╷╵]?\s*/g, " ");

/** Settings with which the engine starts a provider's bundle without an installation; `folder` gets a program for it. */
export function directSettings(folder: string, source: string, main: string): string {
  const name = source.slice(source.lastIndexOf("/") + 1);
  mkdirSync(folder, { recursive: true });
  const launcher = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
  writeFileSync(join(folder, `terraform-provider-${name}`), launcher, { mode: 0o755 });
  return `provider_installation {\n  dev_overrides {\n    "${source}" = "${folder}"\n  }\n}\n`;
}
