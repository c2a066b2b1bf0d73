import * as z from "zod/mini";
import { commonInputs } from "../resource/common-inputs.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { Properties } from "../wire/wire.ts";
import { parseInputs } from "./inputs.ts";
import { step } from "./step.ts";

/**
 * Checks the inputs of a resource before all of them are known, without its backend. The inputs in `unknown` are not
 * checked, and neither is `managedBy`; `connection` is checked if it is given.
 */
export async function validate(resource: AnyResource, raw: Properties, unknown: ReadonlySet<string>): Promise<void> {
  const { managedBy: _, ...common } = commonInputs;
  const given = raw["connection"] === undefined ? {} : { connection: resource.connection };
  const shape: Record<string, z.ZodMiniType> = {
    ...given,
    ...resource.inputs,
    ...resource.lowering?.inputs,
    ...common,
  };
  const known = Object.entries(shape).filter(([name]) => !unknown.has(name));
  await step("read inputs of", { type: resource.type, label: undefined }, () =>
    parseInputs(resource, z.strictObject(Object.fromEntries(known)), raw),
  );
}
