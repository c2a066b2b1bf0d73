import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "../../..");

const compileCache = "node_modules/.compile-cache";

/** A temporary copy of this workspace with the same installed packages, removed when it is disposed of. */
export class WorkspaceCopy implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "nixops4-workspace-"));

  /** A copy with the sources of few providers generates in a quarter of the time. It has only what is generated from these. */
  static withProviders(...names: readonly string[]): WorkspaceCopy {
    const copy = new WorkspaceCopy();
    for (const name of readdirSync(join(copy.root, "providers"))) {
      if (!names.includes(name)) rmSync(join(copy.root, "providers", name, "src"), { recursive: true });
    }
    const { status, output } = copy.script("generate.ts");
    if (status !== 0) throw new Error(output);
    return copy;
  }

  constructor() {
    for (const entry of readdirSync(root)) {
      if (entry === "node_modules" || entry === ".git") continue;
      // pnpm links packages by relative paths, which are valid in the copy too.
      const options = { recursive: true, verbatimSymlinks: true, filter: (path: string) => !isLeftOut(path) };
      cpSync(join(root, entry), join(this.root, entry), options);
    }
    // The folder itself is not a link, since scripts write stamps into it.
    mkdirSync(join(this.root, "node_modules"));
    for (const entry of readdirSync(join(root, "node_modules"))) {
      if (entry.endsWith("-stamp") || [".stamp", basename(compileCache)].includes(entry)) continue;
      symlinkSync(join(root, "node_modules", entry), join(this.root, "node_modules", entry));
    }
  }

  /** Runs a program with the packages' executables on PATH, without colours. */
  run(program: string, ...args: readonly string[]): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: this.root,
      encoding: "utf8",
      // Entries for files of the copy must not stay behind in the original's cache.
      env: { ...process.env, NODE_COMPILE_CACHE: join(this.root, compileCache), NO_COLOR: "1", NO_SERVICES: "1" },
    });
    return { status, output: stdout + stderr };
  }

  script(name: string, ...args: readonly string[]): { status: number | null; output: string } {
    return this.run(process.execPath, `integration/scripts/${name}`, ...args);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  change(file: string, change: (text: string) => string): void {
    writeFileSync(join(this.root, file), change(this.read(file)));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const isLeftOut = (path: string): boolean =>
  [".git", "dist"].includes(basename(path)) || path.endsWith("toolchain/node_modules");
