import { join } from "node:path";
import { nixPath, repository } from "@nixops4-resources/integration-nix/testing";
import * as z from "zod";

/** What fragment.nix gives, as far as tests read it. */
const fragment = z.object({
  nixosInputs: z.object({
    secretsFolder: z.string(),
    user: z.object({ uid: z.int(), gid: z.int() }),
    ldap: z.nullable(z.object({ searchFilter: z.string() })),
  }),
  refs: z.record(z.string(), z.json()),
  table: z.array(
    z.strictObject({
      setting: z.string(),
      where: z.union([z.array(z.string()), z.strictObject({ file: z.string(), variable: z.optional(z.string()) })]),
      why: z.string().regex(/\.$/),
      source: z.url({ protocol: /^https$/ }),
    }),
  ),
  config: z.json(),
  units: z.record(z.string(), z.object({ after: z.array(z.string()), requires: z.array(z.string()) })),
  files: z.record(
    z.string(),
    z.strictObject({
      source: z.optional(z.json()),
      template: z.optional(
        z.strictObject({ format: z.string(), text: z.string(), secrets: z.record(z.string(), z.json()) }),
      ),
      mode: z.optional(z.string()),
      owner: z.string().default("root"),
      group: z.string().default("root"),
      restartUnits: z.array(z.string()).default([]),
    }),
  ),
});

export type Fragment = z.output<typeof fragment>;

const fragmentFile = nixPath(join(import.meta.dirname, "fragment.nix"));

/** Nix expression of an application's fragment; `inputs` are added to the usual `nixosInputs`. */
export const expressionOf = (application: string, inputs = "{ }"): string =>
  `(import ${fragmentFile} { inherit lib; application = ${nixPath(join(repository, "nix/compositions", application))}; inputs = ${inputs}; })`;

type Evaluate = (expression: string) => Promise<unknown>;

export const evaluateFragment = async (evaluate: Evaluate, application: string, inputs?: string): Promise<Fragment> =>
  fragment.parse(await evaluate(expressionOf(application, inputs)));
