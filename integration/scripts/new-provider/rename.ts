import type { Names } from "./names.ts";
import type { Template } from "./template.ts";

/**
 * A path or text of a template as a new provider has it. Only names of the provider, its classes and its resource type
 * change: the copy still does what the template does, so the other words stay true until its author writes on.
 */
export function renamed(text: string, names: Names, template: Template): string {
  const { provider, title, code, constant, classes, resource, words, file, identifier } = names;
  const old = template.resource;
  return (
    text
      .replaceAll(`"${template.code}.${old}.`, `"${code}.${identifier}.`)
      .replaceAll(`"${template.code}.`, `"${code}.`)
      // `example:` is a field of defineResource, `withExample` makes one, and example.org is a domain for documentation.
      .replaceAll(new RegExp(String.raw`\b${template.provider}\b(?!:|\.org)`, "g"), provider)
      .replaceAll(new RegExp(String.raw`\b${template.title}\b`, "g"), title)
      .replaceAll(new RegExp(String.raw`\b${template.constant}(?=_)`, "g"), constant)
      .replaceAll(new RegExp(String.raw`\b${template.classes}(?=[A-Z])`, "g"), classes)
      // The name of the type: as a literal, in messages, in Markdown, and in the list of main.ts.
      .replaceAll(`"${old}"`, `"${resource}"`)
      .replaceAll(`\`${old}\``, `\`${resource}\``)
      .replaceAll(`${old} \${`, `${words} \${`)
      .replaceAll(new RegExp(String.raw`\b${old}: \(\) =>`, "g"), `${resource}: () =>`)
      // The name of its module.
      .replaceAll(new RegExp(String.raw`\b${old}(?=(\.service)?(\.test)?\.ts\b)`, "g"), file)
      .replaceAll(`import ${old} from`, `import ${identifier} from`)
      .replaceAll(`testResource(${old},`, `testResource(${identifier},`)
  );
}

/** The manifest of the copy. */
export function manifest(text: string, names: Names, template: Template): string {
  const copied: Record<string, unknown> = JSON.parse(renamed(text, names, template));
  return `${JSON.stringify({ ...copied, description: `NixOps4 resources of ${names.title}` }, null, 2)}\n`;
}
