import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import { DriverError, reasonOf } from "../errors.ts";
import type { Evaluation, Explanation, KnownOutputs } from "./evaluation.ts";
import { inexactInteger, parseJson } from "../json.ts";
import { memberName, type MemberKey, type MemberPath, type MemberRequest } from "./member.ts";

export interface NixDeployment {
  /** The program `nix-instantiate`, of Nix 2.8 or newer. */
  nixInstantiate: string;
  /** The file for `nixops4 apply --file`. */
  file: string;
  /** Environment of the evaluation; a file reads its arguments from it (`builtins.getEnv`). */
  env: NodeJS.ProcessEnv;
  /** Receives each line that Nix writes besides its result, such as a warning, once. */
  onMessage?: (line: string) => void;
}

const run = promisify(execFile);
const waveFile = fileURLToPath(new URL("wave.nix", import.meta.url));

const path = z.array(z.string());
const waveSchema = z.strictObject({
  ready: z.array(
    z.strictObject({
      path,
      type: z.string(),
      state: z.nullable(path),
      provider: z.strictObject({ type: z.literal("stdio"), executable: z.string(), args: z.array(z.string()) }),
      inputs: z.record(z.string(), z.json()),
      outputs: z.array(z.string()),
    }),
  ),
  blocked: z.array(z.strictObject({ path, kind: z.enum(["resource", "members"]) })),
});

const reasonSchema = z.union([
  z.strictObject({ needs: z.strictObject({ member: path, output: z.string() }) }),
  z.strictObject({ derivation: z.strictObject({ input: z.string(), derivations: z.array(z.string()) }) }),
]);

/** A deployment that Nix evaluates. Nothing is built, and only the file itself can fetch. */
export function evaluate(deployment: NixDeployment): Evaluation {
  const seen = new Set<string>();
  const folder = mkdtemp(join(tmpdir(), "nixops4-resources-evaluation-"));
  let questions = 0;

  async function ask(known: KnownOutputs, skip: ReadonlySet<MemberKey>, explain: MemberPath | null): Promise<string> {
    const question = join(await folder, `${questions++}.json`);
    await writeFile(question, JSON.stringify({ known: Object.fromEntries(known), skip: [...skip], explain }));
    try {
      const { stdout, stderr } = await run(deployment.nixInstantiate, nixArguments(deployment.file, question), {
        env: deployment.env,
        maxBuffer: Number.POSITIVE_INFINITY,
      });
      for (const line of stderr.split("\n").filter((text) => text.trim() !== "" && !seen.has(text))) {
        seen.add(line);
        deployment.onMessage?.(line);
      }
      return stdout;
    } finally {
      await rm(question);
    }
  }

  return {
    async evaluate(known, skip) {
      let answer: string;
      try {
        answer = await ask(known, skip, null);
      } catch (error) {
        throw new DriverError("driver.nix.failed", `Unable to evaluate ${deployment.file}: ${nixError(error)}`);
      }
      const { ready, blocked } = waveSchema.parse(parseJson(answer));
      return { ready: ready.map(exact), blocked };
    },

    async explain(member, known) {
      try {
        await ask(known, new Set(), member);
        return undefined;
      } catch (error) {
        return explanation(nixError(error));
      }
    },

    async [Symbol.asyncDispose]() {
      await rm(await folder, { recursive: true, force: true });
    },
  };
}

function nixArguments(file: string, question: string): string[] {
  return [
    "--eval",
    "--strict",
    "--json",
    // A path that an input copies to the store must exist when the provider starts.
    "--read-write-mode",
    waveFile,
    "--arg",
    "file",
    `/. + ${nixString(resolve(file))}`,
    "--argstr",
    "question",
    question,
    "--argstr",
    "system",
    nixSystem(),
  ];
}

/** Nix' name of this system, on which providers run. */
function nixSystem(): string {
  const architectures: Partial<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", ia32: "i686" };
  return `${architectures[process.arch] ?? process.arch}-${process.platform}`;
}

function nixString(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll("${", "\\${")}"`;
}

/** Nix' message from its last `error:` on; the lines before are the trace through the module system. */
function nixError(error: unknown): string {
  if (typeof error !== "object" || error === null || !("stderr" in error) || typeof error.stderr !== "string") {
    return reasonOf(error);
  }
  const lines = error.stderr.trimEnd().split("\n");
  const start = lines.findLastIndex((line) => /^\s*error:/.test(line));
  if (start === -1) return error.stderr.trim() || reasonOf(error);
  const indent = /^\s*/.exec(lines[start] ?? "")?.[0].length ?? 0;
  return lines
    .slice(start)
    .map((line) => (line.slice(0, indent).trim() === "" ? line.slice(indent) : line))
    .join("\n")
    .replace(/^error:\s*/, "");
}

function explanation(text: string): Explanation {
  const marked = /nixops4-resources:(\{.*\})/.exec(text)?.[1];
  if (marked === undefined) return { kind: "error", text };
  const reason = reasonSchema.parse(parseJson(marked));
  return "needs" in reason ? { kind: "needs", ...reason.needs } : { kind: "derivation", ...reason.derivation };
}

function exact(request: MemberRequest): MemberRequest {
  const found = inexactInteger(request.inputs);
  if (found === undefined) return request;
  const input = Object.entries(request.inputs).find(([, value]) => inexactInteger(value) !== undefined)?.[0];
  throw new DriverError(
    "driver.member.inexact",
    `Unable to evaluate member ${memberName(request.path)}: its input \`${input}\` has an integer beyond 2^53 (about ${found}), which cannot be passed on exactly.`,
  );
}
