import type { ProviderDescription } from "../serve/describe.ts";
import { blocks, code, fenced, list, table } from "./markdown.ts";

/** The section that explains secret references. */
export function secretsPart(): string {
  return blocks(
    "## Secret references",
    "A deployment never contains a secret. An input refers to it, and the provider reads it when it needs it. Set exactly one of:",
    table(
      ["in Nix", "location of the secret"],
      [
        [code('file = "/run/secrets/x"'), "A file outside the Nix store that only its owner can read."],
        [code('env = "X"'), "An environment variable of the process that runs nixops4."],
        [code('credential = "x"'), "A systemd credential (`LoadCredential=`) of the unit that runs nixops4."],
        [code('command = [ "pass" "x" ]'), "The output of a program, which runs without a shell."],
        [
          code('age = { file = "/srv/x.age"; identity.file = "/root/key"; }'),
          "A file encrypted with age or agenix. The identity is an age or SSH key.",
        ],
        [
          code('sops = { file = "/srv/x.yaml"; key = [ "db" "password" ]; }'),
          "A value in a file encrypted with sops, by names and positions in lists (from 0). Without `key`, the whole file. Needs `sops` on PATH.",
        ],
        [
          code("members.x.outputs.ref"),
          "The current version of a secret that a `secret` resource generates and stores.",
        ],
      ],
    ),
    "A *direct* reference is one of the first four. One newline at the end is not part of the secret. The value never reaches the state, a log or an error.",
  );
}

/** The section on inspecting, adopting and destroying objects. */
export function inspectPart({ provider, resourceTypes }: ProviderDescription): string {
  const executable = `nixops4-resources-${provider.name}`;
  const all = Object.entries(resourceTypes);
  const marked = all.filter(([, { bearsMark }]) => bearsMark).map(([type]) => type);
  const unmarked = all.filter(([, { bearsMark }]) => !bearsMark).map(([type]) => type);
  const retained = all.filter(([, { retainedByDefault }]) => retainedByDefault).map(([type]) => type);
  const example = marked[0] ?? unmarked[0] ?? "";
  return blocks(
    "## Inspect, adopt and destroy",
    marked.length === 0
      ? undefined
      : `Every object that a deployment creates with ${types(marked)} carries a mark with the deployment's name. An object without a mark, or with the mark of another deployment, is not changed unless the deployment adopts it.`,
    unmarked.length === 0
      ? undefined
      : `Resources of ${types(unmarked)} carry no mark. They change only what they declare, and they ignore \`adopt\` and \`adoptFrom\`. Destroying them with \`deletion = "retain"\` changes nothing.`,
    retained.length === 0
      ? undefined
      : `Destroying resources of ${types(retained)} retains them unless \`deletion = "delete"\`.`,
    "To use the provider at a terminal, put the inputs of a resource into a JSON file:",
    fenced(
      "console",
      [
        `$ ${executable} plan --type ${example} --inputs inputs.json      # what apply would do; writes nothing`,
        `$ ${executable} read --type ${example} --inputs inputs.json      # what exists, and how it differs`,
        ...(marked.length === 0
          ? []
          : [`$ ${executable} list --type ${example} --inputs inputs.json      # all objects of a deployment`]),
        `$ ${executable} delete --type ${example} --inputs inputs.json`,
      ].join("\n"),
    ),
    list([
      "`--json` prints the answer of `plan`, `read` and `list` as JSON.",
      "`delete` and apply report an outcome such as `deleted` or `unchanged`: [docs/outcomes.md](../outcomes.md) explains them.",
      ...(marked.length === 0
        ? []
        : [
            "`list` uses only `connection` and `managedBy` of the inputs.",
            "To adopt an object without a mark, set `adopt = true` on its resource and apply.",
            'To adopt an object of another deployment, set `adoptFrom = "<name of that deployment>"` and apply.',
            '`delete` deletes an object that the deployment created, and only removes the mark of an adopted object. Set `deletion = "delete"` or `"retain"` to override that.',
          ]),
    ]),
  );
}

const types = (names: readonly string[]): string =>
  `the type${names.length > 1 ? "s" : ""} ${names.map(code).join(", ")}`;
