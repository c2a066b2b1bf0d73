import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nixLiteral } from "@nixops4-resources/protocol-core/generate";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import { evaluate } from "@nixops4-resources/integration-nix/evaluate";
import { bringProgram, findProgram } from "@nixops4-resources/integration-nix/nix-program";
import { beforeEach } from "vitest";
import * as z from "zod/mini";

const inputs = z.record(z.string(), z.unknown());

/** A page of docs/, as it is. */
export const readPage = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, "../../docs", name), "utf8");

/** The deployments on a page: Nix functions of `{ resources, providers, members, ... }`. */
export const deploymentsIn = (page: string): string[] =>
  [...page.matchAll(/^```nix\n(\{ resources, providers, members.*?)^```$/gms)].map(([, source = ""]) => source);

/**
 * Evaluates deployments of pages, which are plain Nix: their modules would only add defaults, which the providers know
 * too. Skips the tests of the enclosing suite if there is no Nix; in CI they fail.
 */
export async function evaluator(): Promise<(source: string, member: string, outputs: Message) => Promise<Message>> {
  const nix = process.env["NO_SERVICES"] === "1" ? undefined : await findNix();
  beforeEach((context) => {
    if (nix === undefined) context.skip("NO_SERVICES=1");
    else if ("missing" in nix && process.env["CI"] === undefined) context.skip(nix.missing);
  });
  return async (source, member, outputs) => {
    if (nix === undefined || "missing" in nix) throw new Error("Nix is missing.");
    const members = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { outputs: value }]));
    const expression = `
      ((${source}) {
        resources = { };
        providers = ${types};
        members = builtins.fromJSON ${nixLiteral(JSON.stringify(members))};
      }).members.${member}.inputs`;
    return inputs.parse(await evaluate({ ...nix, environment: {} }, expression));
  };
}

/** The members' types, which a page names as attributes of its providers. */
const types = `{
  secrets = { secret = "secret"; secret_file = "secret_file"; };
  dns = { records = "records"; rrset = "rrset"; };
  garage = { bucket = "bucket"; key = "key"; grant = "grant"; };
  proxmox = { pool = "pool"; role = "role"; user = "user"; token = "token"; acl = "acl"; image = "image"; vm = "vm"; firewall = "firewall"; };
  lldap = { group = "group"; user = "user"; service_account = "service_account"; };
}`;

async function findNix(): Promise<Awaited<ReturnType<typeof findProgram>>> {
  const found = await findProgram();
  if (!("missing" in found)) return found;
  return (await bringProgram()) === undefined ? await findProgram() : found;
}
