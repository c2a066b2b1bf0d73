import { ProviderError, type ExactJson } from "@nixops4-resources/protocol-core";
import { nearest, toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { pointerTo, resourcePathsIn } from "@nixops4-resources/protocol-state";
import type { ErrorCode } from "../errors.ts";
import { StateWriter } from "../store/writer.ts";
import { expectPositionals, readInputs, requestOf } from "./target.ts";

/**
 * Removes a member from the state, not its object. NixOps4 skips a member with unchanged inputs; a forgotten one gets a
 * create request again, which finds the object by its mark or creates it.
 */
export async function forget(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, ["the member to forget"]);
  const [member = ""] = given.positionals;
  const inputs = await readInputs(given);
  const request = requestOf(inputs);
  await using writer = await StateWriter.open(inputs, request);
  const path = pointerTo(findMember(await writer.read(), member));
  await writer.append({ event: "forget", nixopsVersion: "", patch: [{ op: "remove", path }] }, request);
  print(
    given.values["json"] === true
      ? toJson({ member, forgotten: true })
      : `forgot ${member}: the next apply sends a create request, which finds the existing object by its mark or creates a new one\n`,
  );
  return 0;
}

function findMember(document: ExactJson, member: string): string[] {
  const all = resourcePathsIn(document);
  const [path, other] = all.filter((names) => names.join(".") === member);
  if (path === undefined) {
    const known = all.map((names) => names.join("."));
    throw missingMember(member, known);
  }
  if (other === undefined) return path;
  throw new ProviderError<ErrorCode>(
    `the state has two members ${member}: ${pointerTo(path)} and ${pointerTo(other)}`,
    {
      code: "state.member.ambiguous",
      hint: "Rename one of the two in the deployment, and apply",
    },
  );
}

function missingMember(member: string, known: readonly string[]): ProviderError<ErrorCode> {
  const guess = nearest(member, known);
  const shown = known.slice(0, 20).join(", ") + (known.length > 20 ? ", ..." : "");
  return new ProviderError<ErrorCode>(`the state has no member ${member}`, {
    code: "state.member.missing",
    hint:
      guess !== undefined
        ? `Did you mean \`${guess}\`?`
        : `Name one of its members: ${shown === "" ? "the state is empty" : shown}`,
  });
}
