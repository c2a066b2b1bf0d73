import { ProviderError, Secret } from "@nixops4-resources/protocol-core";
import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { graceEnd } from "@nixops4-resources/protocol-secrets";
import type { ErrorCode } from "../errors.ts";
import { kindOf } from "../generators/generators.ts";
import { asGiven, generate } from "../secret/specification.ts";
import { find, oneName, openWriter } from "./store.ts";
import { minute } from "./minute.ts";

/** Adds a version by the same generator. Keeps `generation`, since the deployment has not raised it. */
export async function rotate(given: CommandArguments, print: (text: string) => void): Promise<number> {
  const name = oneName(given);
  await using store = await openWriter(given);
  const { specification, current } = await find(store, name);
  const maker = asGiven(specification);
  refuseUnrepeatable(name, maker);
  const { value, ...made } = await generate(maker);
  const { generation, version } = current;
  if (!(await store.addVersion(name, version, { ...made, value: new Secret(value), generation }))) {
    throw new ProviderError<ErrorCode>(`another process changed secret ${name} at the same time`, {
      code: "secrets.rotate.race",
      hint: `Run \`nixops4-resources-secrets show ${name}\` to see whether it was rotated already`,
    });
  }
  const rotated = await find(store, name);
  const readableUntil = graceEnd(rotated).toISOString();
  if (given.values["json"] === true) {
    print(toJson({ name, version: rotated.current.version, previous: { version, readableUntil } }));
    return 0;
  }
  print(
    `${name} has version ${rotated.current.version}. Version ${version} can be read until ${minute(readableUntil)} UTC; apply before. If its resource has a state, raise its \`generation\` first.\n`,
  );
  return 0;
}

/** The store does not contain how to reproduce an imported or derived value. */
function refuseUnrepeatable(name: string, maker: ReturnType<typeof asGiven>): void {
  const kind = kindOf(maker);
  if (kind !== undefined && kind.generator.origin === undefined) return;
  const reason = kind === undefined ? "it was imported" : "it is derived from a source";
  throw new ProviderError<ErrorCode>(`secret ${name} cannot be rotated here: ${reason}`, {
    code: "secrets.rotate.impossible",
    hint: "Raise `generation` on its resource, or rotate its source",
  });
}
