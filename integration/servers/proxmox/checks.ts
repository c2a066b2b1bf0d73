import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EmulatedServer } from "./start-emulator.ts";

/** Facts of the real API as checks, which are not part of this project; undefined if they are missing. */
export function checksFile(name: string): string | undefined {
  const given = process.env["NIXOPS4_RESOURCES_CHECKS"];
  const specs = process.env["NIXOPS4_RESOURCES_SPECS"] ?? join(import.meta.dirname, "../../../../shared/specs");
  const file = join(given ?? join(specs, "../prototypes/proxmox-checks"), name);
  return existsSync(file) ? file : undefined;
}

export interface CheckResult {
  readonly ok: number;
  /** Names of the checks that the server does not pass. */
  readonly differing: readonly string[];
  /** Everything that the checks printed. */
  readonly output: string;
}

/** Size of the image that makes an import slow, and the speed at which 16 imports of it take 10 s. */
const slowImage = { mebibytes: 10, mebibytesPerSecond: 16 };

/** Runs a file of checks on an emulator that has just been started. */
export async function runChecks(server: EmulatedServer, file: string): Promise<CheckResult> {
  await server.fault({ fault: "copySpeed", mebibytesPerSecond: slowImage.mebibytesPerSecond });
  const tell = join(import.meta.dirname, "emulator/control/tell.ts");
  const settings = {
    KILL: `'${process.execPath}' '${tell}' ${server.controlPort} kill {upid}`,
    SLOW: String(slowImage.mebibytes),
  };
  const arguments_ = [file, server.host, String(server.port), `PVEAPIToken=${server.token}`];
  const output = await new Promise<string>((resolve) => {
    // The exit status only repeats that a check differs.
    execFile("python3", arguments_, { env: { ...process.env, ...settings } }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  const lines = output.split("\n");
  return {
    ok: lines.filter((line) => line.startsWith("ok   ")).length,
    differing: lines
      .filter((line) => line.startsWith("DIFF "))
      .map((line) => line.slice(5).split(" -> ")[0]?.trim() ?? ""),
    output,
  };
}
