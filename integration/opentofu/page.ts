import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { Project } from "@nixops4-resources/protocol-opentofu/project";

/** The files and commands of docs/opentofu.md, in the order of the page. */
export interface Page {
  readonly files: ReadonlyMap<string, string>;
  /** The arguments of each `tofu`. */
  readonly commands: readonly (readonly string[])[];
}

export function readPage(): Page {
  const text = readFileSync(join(import.meta.dirname, "../../docs/opentofu.md"), "utf8");
  const blocks = [...text.matchAll(/^```(\w+)(?: file=(\S+))?\n(.*?)^```$/gms)];
  return {
    files: new Map(blocks.flatMap(([, , file, content = ""]) => (file === undefined ? [] : [[file, content]]))),
    commands: blocks
      .filter(([, language]) => language === "console")
      .flatMap(([, , , content = ""]) => content.trimEnd().split("\n"))
      .map((line) => line.replace(/^\$ tofu /, "").split(" ")),
  };
}

const mirror = join(import.meta.dirname, "../../dist/opentofu");

/** The settings of the page, with the mirror of `npm run build`. */
export const mirrorSettings = (): string =>
  readPage().files.get("tofurc")?.replace("/srv/nixops4-resources/opentofu", mirror) ?? "";

/** A project with files of the page, for a server in place of the page's. */
export async function projectOf(server: PostgresAddress, files: ReadonlyMap<string, string>): Promise<Project> {
  const password = await readFile(server.passwordFile, "utf8");
  const project = new Project({
    settings: mirrorSettings(),
    environment: { SHOP_DB_ADMIN: password, TF_VAR_port: String(server.port) },
  });
  for (const [name, content] of files) if (name !== "tofurc") project.write(name, content);
  return project;
}
