import * as z from "zod/mini";
import { option } from "./option.ts";

const deployment = z.string().check(z.regex(/^[a-z0-9-]{1,63}$/));

/** What every resource has beside its own inputs. */
export const commonInputs = {
  managedBy: option(
    deployment,
    "Name of the deployment, kept in the mark on everything it makes: 1 to 63 of a-z, 0-9 and the hyphen. What bears another name is refused.",
  ),
  adopt: option(
    z.boolean(),
    "Whether to take over a thing that exists and bears no mark. What was taken over is kept when it is destroyed, unless `deletion` says otherwise.",
    false,
  ),
  adoptFrom: option(
    z.nullable(deployment),
    "Name of another deployment whose thing is taken over; null takes over none.",
    null,
  ),
  deletion: option(
    z.nullable(z.enum(["delete", "retain"])),
    "What destroying does: `delete` removes the thing, `retain` removes only our mark. Null deletes what the deployment made and retains what it adopted.",
    null,
  ),
  timeoutSeconds: option(
    z.int().check(z.minimum(1), z.maximum(86_400)),
    "Longest time that one request may take, in seconds.",
    300,
  ),
};

export type CommonInputs = { [Name in keyof typeof commonInputs]: z.output<(typeof commonInputs)[Name]> };
