import { exampleInputs } from "../generate/docs-example.ts";
import { describeProvider } from "./describe.ts";
import type { Provider } from "./provider.ts";
import type { VerbName } from "./verbs.ts";

/** A command line, and the file that it reads. */
export async function verbExample(
  provider: Provider,
  program: string,
  verb: VerbName,
  wanted: unknown,
): Promise<string> {
  const { resourceTypes } = await describeProvider(provider);
  const all = Object.entries(resourceTypes);
  const shown = all.find(([type]) => type === wanted) ?? all.find(([, { bearsMark }]) => bearsMark) ?? all[0];
  if (shown === undefined) return "";
  const [type, description] = shown;
  const { connection, managedBy, ...own } = exampleInputs(description);
  const inputs = verb === "list" ? { connection, managedBy } : { connection, managedBy, ...own };
  const text = JSON.stringify(inputs, null, 2).replaceAll("\n", "\n  ");
  return `Example:
  ${program} ${verb} --type ${type} --inputs ${type}.json

${type}.json contains:
  ${text}
`;
}
