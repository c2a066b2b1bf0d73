import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ServerUnavailable } from "../server-unavailable.ts";

/** The path of a program that a Debian package has. Throws ServerUnavailable where it is not installed. */
export function findProgram(name: string, debianPackage: string): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new ServerUnavailable(`there is no ${name} (Debian's package is ${debianPackage})`);
}
