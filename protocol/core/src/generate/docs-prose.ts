import type { ProviderDescription } from "../serve/describe.ts";
import { blocks, code, fenced, list, table } from "./markdown.ts";

/** What a reference to a secret is. */
export function secretsPart(): string {
  return blocks(
    "## Secret references",
    "A secret is never written into a deployment: an input says where it lies, and the provider reads it when it needs it. Exactly one of:",
    table(
      ["in Nix", "where the secret is"],
      [
        [code('file = "/run/secrets/x"'), "A file that only its owner may read, outside the Nix store."],
        [code('env = "X"'), "An environment variable of the process that runs nixops4."],
        [code('credential = "x"'), "A systemd credential (`LoadCredential=`) of the unit that runs nixops4."],
        [code('command = [ "pass" "x" ]'), "What a program prints; it is run without a shell."],
        [
          code('age = { file = "/srv/x.age"; identity.file = "/root/key"; }'),
          "A file that age encrypts, also one of agenix; the identity is an age or SSH key.",
        ],
        [
          code('sops = { file = "/srv/x.yaml"; key = [ "db" "password" ]; }'),
          "A value in a file that sops encrypts. Needs `sops` on PATH.",
        ],
        [
          code("members.x.outputs.ref"),
          "A secret that a `secret` resource generates and keeps, in the version that it has now.",
        ],
      ],
    ),
    "A *direct* reference is one of the first four. One newline at the end is not part of the secret. The value is never written to the state, a log or an error.",
  );
}

/** How to see what belongs to a deployment, take something over and destroy it. */
export function belongingPart({ provider, resourceTypes }: ProviderDescription): string {
  const executable = `nixops4-resources-${provider.name}`;
  const all = Object.entries(resourceTypes);
  const marked = all.filter(([, { bearsMark }]) => bearsMark).map(([type]) => type);
  const unmarked = all.filter(([, { bearsMark }]) => !bearsMark).map(([type]) => type);
  const example = marked[0] ?? unmarked[0] ?? "";
  return blocks(
    "## Looking, taking over, destroying",
    marked.length === 0
      ? undefined
      : `Everything that a deployment makes of ${types(marked)} bears a mark with the deployment's name. What bears no mark, or another's, is refused and left as it is.`,
    unmarked.length === 0
      ? undefined
      : `Resources of ${types(unmarked)} cannot bear a mark: they touch only what they declare, \`adopt\` and \`adoptFrom\` change nothing, and destroying with \`deletion = "retain"\` leaves everything as it is.`,
    "At a terminal, with the inputs of a resource as JSON in a file:",
    fenced(
      "console",
      [
        `$ ${executable} read --type ${example} --inputs inputs.json      # what is there, and does it differ`,
        `$ ${executable} plan --type ${example} --inputs inputs.json      # what apply would do; writes nothing`,
        ...(marked.length === 0
          ? []
          : [`$ ${executable} list --type ${example} --inputs inputs.json      # all of a deployment's, by its mark`]),
        `$ ${executable} delete --type ${example} --inputs inputs.json`,
      ].join("\n"),
    ),
    ...(marked.length === 0
      ? []
      : [
          list([
            "For `list` the file holds `connection` and `managedBy` only.",
            "Take over one that bears no mark: set `adopt = true` on its resource and apply.",
            'Take over one of another deployment: set `adoptFrom = "<its name>"` and apply.',
            '`delete` removes what the deployment made, and only takes the mark off what it took over; `deletion = "delete"` or `"retain"` decides otherwise.',
          ]),
        ]),
  );
}

const types = (names: readonly string[]): string =>
  `the type${names.length > 1 ? "s" : ""} ${names.map(code).join(", ")}`;
