import { ProviderError, Secret } from "@nixops4-resources/protocol-core";
import type { CommandArguments } from "@nixops4-resources/protocol-core/command";
import { graceEnd } from "@nixops4-resources/protocol-secrets";
import type { ErrorCode } from "../errors.ts";
import { kindOf } from "../generators/generators.ts";
import { asGiven, generate } from "../secret/specification.ts";
import { find, oneName, openWriter } from "./store.ts";
import { minute } from "./minute.ts";

/** A new version by what made the current one. Its generation stays: the deployment has not asked for another. */
export async function rotate(given: CommandArguments, print: (text: string) => void): Promise<number> {
  const name = oneName(given);
  await using store = await openWriter(given);
  const { specification, current } = await find(store, name);
  const maker = asGiven(specification);
  refuseUnrepeatable(name, maker);
  const { value, ...made } = await generate(maker);
  const { generation, version } = current;
  if (!(await store.addVersion(name, version, { ...made, value: new Secret(value), generation }))) {
    throw new ProviderError<ErrorCode>(`somebody else changed secret ${name} at the same time`, {
      code: "secrets.rotate.race",
      hint: `See \`nixops4-resources-secrets show ${name}\` whether it was rotated just now`,
    });
  }
  const rotated = await find(store, name);
  print(
    `${name} has version ${rotated.current.version}. Version ${version} can be read until ${minute(graceEnd(rotated).toISOString())} UTC; apply before.\n`,
  );
  return 0;
}

/** What it was made from, or how, is not in the store. */
function refuseUnrepeatable(name: string, maker: ReturnType<typeof asGiven>): void {
  const kind = kindOf(maker);
  if (kind !== undefined && kind.generator.origin === undefined) return;
  const reason = kind === undefined ? "no generator made it" : "it is made from something else";
  throw new ProviderError<ErrorCode>(`secret ${name} cannot be rotated here: ${reason}`, {
    code: "secrets.rotate.impossible",
    hint: "Raise `generation` on its resource, or rotate what it is made from",
  });
}
