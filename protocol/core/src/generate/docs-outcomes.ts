import { blocks, code, fenced, table } from "./markdown.ts";
import { outcomes } from "../report/outcomes.ts";

const actions = {
  create: "The object does not exist. Apply would create it.",
  update: "The object exists and differs from the inputs. Apply would repair the differences.",
  adopt: "The object exists without this deployment's mark. Apply would take it over and repair the differences.",
  none: "The object matches the inputs. Apply would write nothing.",
  refuse: "Apply would fail before it writes. The reason is part of the answer.",
};

/** The text of `docs/outcomes.md`: the words in which a provider reports what it did or would do. */
export function generateOutcomeDocs(): string {
  return blocks(
    "<!-- Written by `npm run generate` from report/outcomes.ts of protocol/core; do not edit. -->",
    "# Outcomes",
    "After each create, update or destroy request a provider writes one outcome line to stderr, for people or, with `NIXOPS4_RESOURCES_LOG_FORMAT=json`, for programs:",
    fenced("text", 'created role shop (0.04 s)\n{"outcome":"created","type":"role","label":"shop","seconds":0.041}'),
    "The line of a failure also has its code, reason and hint, in JSON as `code`, `message` and `hint`. It is written too if the request names no resource; `type` and `label` are then null:",
    fenced(
      "text",
      "failed role shop (1.21 s): [postgres.permission.denied] user deploy cannot create roles. Hint: Grant CREATEROLE to deploy.",
    ),
    "If a request changed something besides its object, the line ends with a note, in JSON `note`: a destroy of a role with `reassignOwnedTo` names the new owner and counts the objects.",
    table(
      ["outcome", "meaning"],
      Object.entries(outcomes).map(([name, meaning]) => [code(name), meaning]),
    ),
    "An object whose type has no marks, such as a grant, is deleted or kept in the same way; there is no mark to remove.",
    "[docs/errors.md](errors.md) explains the error of a `failed` request.",
    "## Plans",
    "A plan writes nothing. With `--json` its answer has one of these actions:",
    table(
      ["action", "meaning"],
      Object.entries(actions).map(([name, meaning]) => [code(name), meaning]),
    ),
  ).concat("\n");
}
