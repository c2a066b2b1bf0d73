import type { Names } from "./names.ts";

/**
 * Converts a path or text of providers/example for a new provider. Only names of the provider and its resource type
 * change. The copy still manages small files, so words about files stay until its author changes them.
 */
export function renamed(text: string, names: Names): string {
  const { provider, title, code, constant, resource, words, file, identifier } = names;
  return (
    text
      .replaceAll('"example.', `"${code}.`)
      // Keeps `example:`, a field of defineResource, and `withExample`, which returns one.
      .replaceAll(/\bexample\b(?!:)/g, provider)
      .replaceAll(/\bExample\b/g, title)
      .replaceAll(/\bEXAMPLE(?=_)/g, constant)
      // The name of the type: as a literal, in messages, in Markdown, and in the list of main.ts.
      .replaceAll('"file"', `"${resource}"`)
      .replaceAll("`file`", `\`${resource}\``)
      .replaceAll("file ${", `${words} \${`)
      .replaceAll(/\bfile: \(\) =>/g, `${resource}: () =>`)
      // The name of its module.
      .replaceAll(/\bfile(?=(\.service)?(\.test)?\.ts\b)/g, file)
      .replaceAll("import file from", `import ${identifier} from`)
      .replaceAll("testResource(file,", `testResource(${identifier},`)
  );
}

/** The manifest of the copy. */
export function manifest(text: string, names: Names): string {
  const copied: Record<string, unknown> = JSON.parse(renamed(text, names));
  return `${JSON.stringify({ ...copied, description: `NixOps4 resources of ${names.title}` }, null, 2)}\n`;
}
