import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ServerUnavailable } from "../server-unavailable.ts";

/** The path of a program from a Debian package. Throws ServerUnavailable if it is not installed. */
export function findProgram(name: string, debianPackage: string): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new ServerUnavailable(`${name} is not installed (Debian's package is ${debianPackage})`);
}
