import type { ProviderSchema } from "./form.ts";

/** Host and namespace of all providers. The host never resolves, so that nothing is downloaded under this name. */
export const namespace = "nixops4-resources.invalid/suite";

/** The source address of a provider. */
export const sourceOf = ({ name }: Pick<ProviderSchema, "name">): string => `${namespace}/${name}`;
