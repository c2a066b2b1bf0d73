import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import type { Surroundings } from "./surroundings.ts";

const nixosInputs = z.looseObject({
  domain: z.string(),
  secretsFolder: z.string(),
  user: z.object({ uid: z.number(), gid: z.number() }),
  database: z.looseObject({ host: z.string(), port: z.number(), name: z.string(), user: z.string() }),
  objectStorage: z.object({
    endpoint: z.string(),
    region: z.string(),
    accessKeyId: z.string(),
    buckets: z.record(z.string(), z.object({ name: z.string(), host: z.nullable(z.string()) })),
  }),
  ldap: z.nullable(
    z.looseObject({
      host: z.string(),
      port: z.number(),
      bindDn: z.string(),
      baseDn: z.string(),
      searchFilter: z.string(),
    }),
  ),
});

/** What an application's machine has: what NixOS gets to know, and the files with secrets. */
export class Machine {
  readonly inputs: z.output<typeof nixosInputs>;
  /** The whole text that NixOS gets to know. */
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
    this.inputs = nixosInputs.parse(JSON.parse(text));
  }

  /** The machine at this address. */
  static async at(address: string, { folder }: Surroundings): Promise<Machine> {
    const text = await readFile(join(folder, "nixos", `${address}.json`), "utf8");
    // The first line is the mark of the file.
    return new Machine(text.slice(text.indexOf("\n") + 1));
  }

  async secret(file: string): Promise<string> {
    return await readFile(join(this.inputs.secretsFolder, file), "utf8");
  }

  /** The value of a variable in an environment file, as a shell without expansions reads it. */
  async variable(file: string, name: string): Promise<string> {
    const line = new RegExp(`^${name}=(?:"(.*)"|'(.*)'|(.*))$`, "m").exec(await this.secret(file));
    if (line === null) throw new Error(`${file} has no variable ${name}.`);
    return line[1] ?? line[2] ?? line[3] ?? "";
  }

  /** Owner, group and mode of a file, such as `391:391 400`. */
  async access(file: string): Promise<string> {
    const { uid, gid, mode } = await stat(join(this.inputs.secretsFolder, file));
    return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
  }
}
