import { isEqualJson, type Difference } from "../converge/difference.ts";
import { inputSchema, parseInputs, withoutNulls } from "../converge/inputs.ts";
import type { Plan } from "../converge/inspect.ts";
import { inWords } from "../converge/step.ts";
import type { Provider } from "./provider.ts";
import { printable } from "../report/printable.ts";
import type { AnyResource } from "../resource/resource.ts";
import { toTable } from "./table.ts";
import { isObject, type Properties } from "../wire/wire.ts";

interface Given {
  type: string;
  inputProperties: Properties;
}

/**
 * The answer to a plan, read or list request as text for people. A secret input appears as the reference that the person
 * wrote; its value is in no answer.
 */
export async function replyText(
  verb: "plan" | "read" | "list",
  { types }: Provider,
  given: Given,
  body: Properties,
): Promise<string> {
  const loaded = await types[given.type]?.();
  if (loaded === undefined) throw new TypeError(`an answer for the unknown type ${given.type}`);
  const { default: resource } = loaded;
  if (verb === "list") return listText(resource, given, body);
  const want: Properties = await parseInputs(resource, inputSchema(resource), given.inputProperties);
  const subject = inWords({ type: given.type, label: resource.label(want) });
  return verb === "plan" ? planText(subject, body) : readText(subject, resource, want, body);
}

function planText(subject: string, body: Properties): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the body of a plan's answer, which `plan` made
  const { action, differences, reason } = body as unknown as Plan;
  const changes = differences.map(action === "create" ? newField : change);
  return lines(headline(action, subject, changes.length > 0, reason ?? ""), ...changes);
}

function headline(action: Plan["action"], subject: string, hasChanges: boolean, reason: string): string {
  switch (action) {
    case "create":
      return `Would create ${subject}${hasChanges ? " with:" : "."}`;
    case "update":
      return `Would update ${subject} (current -> wanted):`;
    case "adopt":
      return `Would adopt ${subject} and ${hasChanges ? "update (current -> wanted):" : "change nothing else."}`;
    case "none":
      return `Would change nothing: ${subject} matches the inputs.`;
    case "refuse":
    default:
      return `Would refuse ${subject}: ${withStop(reason)}${hasChanges ? "\nDifferences (current -> wanted):" : ""}`;
  }
}

function readText(subject: string, resource: AnyResource, want: Properties, body: Properties): string {
  if (body["exists"] !== true) return lines(`${subject} does not exist.`);
  const outputs = isObject(body["outputProperties"]) ? Object.entries(body["outputProperties"]) : [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the body of a read's answer
  const differences = body["differences"] as Difference[];
  return lines(
    `${subject} exists.`,
    `Managed by: ${owner(resource, want, body["managedBy"])}`,
    outputs.length === 0 ? "Outputs: none" : "Outputs:",
    ...outputs.map(([name, value]) => `  ${name}: ${valueText(value)}`),
    differences.length === 0 ? "Differences from the inputs: none" : "Differences from the inputs (current -> wanted):",
    ...differences.map(change),
  );
}

function owner(resource: AnyResource, want: Properties, managedBy: unknown): string {
  if (resource.setMark === undefined) return "unknown; resources of this type carry no mark";
  if (typeof managedBy !== "string") return "no deployment; it carries no mark";
  const isOurs = managedBy === want["managedBy"];
  return isOurs
    ? `deployment ${managedBy} (as in the inputs)`
    : `deployment ${managedBy}, not ${String(want["managedBy"])}`;
}

function listText(resource: AnyResource, { type, inputProperties }: Given, body: Properties): string {
  if (resource.list === undefined) return lines(`Resources of type ${type} carry no mark, so they cannot be listed.`);
  const found = Array.isArray(body["resources"]) ? body["resources"].filter(isObject) : [];
  if (found.length === 0) {
    return lines(
      `No ${inWords({ type, label: undefined })} carries the mark of deployment ${String(inputProperties["managedBy"])}.`,
    );
  }
  return toTable(
    ["LABEL", "MANAGED BY", "ADOPTED"],
    found.map(({ label, managedBy, adopted }) => [String(label), String(managedBy), adopted === true ? "yes" : "no"]),
  );
}

const newField = ({ field, wanted }: Difference): string => `  ${field}: ${valueText(wanted)}`;

/** `size: 3 -> 10`; of objects, only the members that differ; long values on lines of their own. */
function change({ field, current, wanted }: Difference): string {
  const changed = memberChanges(field, current, wanted);
  if (changed !== undefined) return changed.map(change).join("\n");
  const [from, to] = [current === "(another value)" ? current : valueText(current), valueText(wanted)];
  const line = `  ${field}: ${from} -> ${to}`;
  return line.length <= lineWidth ? line : `  ${field}:\n    ${from}\n    -> ${to}`;
}

function memberChanges(field: string, current: unknown, wanted: unknown): Difference[] | undefined {
  if (!isObject(current) || !isObject(wanted)) return undefined;
  return [...new Set([...Object.keys(current), ...Object.keys(wanted)])]
    .filter((name) => !isEqualJson(current[name], wanted[name]))
    .map((name) => ({ field: `${field}.${name}`, current: current[name], wanted: wanted[name] }));
}

/** JSON without the members that are null, which say nothing to a person. */
function valueText(value: unknown): string {
  if (value === undefined) return "(not set)";
  return JSON.stringify(isObject(value) || Array.isArray(value) ? withoutNulls(value) : value);
}

const lineWidth = 120;
const withStop = (text: string): string => (/[.?!`]$/.test(text) ? text : `${text}.`);
const lines = (...all: readonly string[]): string => printable(`${all.join("\n")}\n`);
