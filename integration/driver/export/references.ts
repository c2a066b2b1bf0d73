import { outputsName, type Form, type ObjectForm } from "@nixops4-resources/protocol-opentofu/schema";
import { isJsonObject, type Json } from "../json.ts";
import type { OutputGap } from "../recording/recording.ts";
import { valueKey } from "../recording/template.ts";

/** A reference to an output of a resource, such as `${nixops4-secrets_secret.key.outputs.public["txt"]}`. */
export function referenceTo({ output, path = [] }: OutputGap, address: string, outputs: ObjectForm): string {
  let form: Form | undefined = outputs;
  const steps = [output, ...path].map((step) => {
    const field: ObjectForm["fields"][number] | undefined =
      form?.kind === "object" ? form.fields.find(({ input }) => input === step) : undefined;
    form = field?.form ?? (form?.kind === "list" || form?.kind === "map" ? form.of : undefined);
    return field === undefined ? `[${JSON.stringify(step)}]` : `.${field.name}`;
  });
  return `\${${[address, `.${outputsName}`, ...steps].join("")}}`;
}

/** The inputs with raw JSON in place of each gap that is a whole value, since OpenTofu's schema knows another type for it. */
export function withRawGaps(template: Json): unknown {
  if (Array.isArray(template)) return template.map(withRawGaps);
  if (!isJsonObject(template)) return template;
  const gap = template[valueKey];
  if (typeof gap === "string") return JSON.rawJSON(JSON.stringify(gap));
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, withRawGaps(value)]));
}

/** Puts the references into the text of a configuration. */
export function withReferences(configuration: string, references: ReadonlyMap<string, string>): string {
  let text = configuration;
  for (const [gap, reference] of references) {
    text = text.replaceAll(gap, () => JSON.stringify(reference).slice(1, -1));
  }
  return text;
}
