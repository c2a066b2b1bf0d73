import * as z from "zod/mini";
import { option } from "./option.ts";

const deployment = z.string().check(z.regex(/^[a-z0-9-]{1,63}$/));

/** The inputs that every resource has in addition to its own. */
export const commonInputs = {
  managedBy: option(
    deployment,
    "Name of the deployment, written in the mark of every object that it manages: 1 to 63 characters of a-z, 0-9 and hyphen. An object marked with another name is never changed.",
  ),
  adopt: option(
    z.boolean(),
    "Whether to adopt an existing object that carries no mark. Destroying keeps an adopted object unless `deletion` is `delete`.",
    false,
  ),
  adoptFrom: option(
    z.nullable(deployment),
    "Name of another deployment whose object is adopted. Null adopts no marked object.",
    null,
  ),
  deletion: option(
    z.nullable(z.enum(["delete", "retain"])),
    "Action on destroy: `delete` deletes the object, `retain` only removes its mark. Null deletes objects that the deployment created. It retains adopted objects, and all objects of a type that is retained by default.",
    null,
  ),
  timeoutSeconds: option(
    z.int().check(z.minimum(1), z.maximum(86_400)),
    "Maximum duration of one request, in seconds.",
    300,
  ),
};

export type CommonInputs = { [Name in keyof typeof commonInputs]: z.output<(typeof commonInputs)[Name]> };
