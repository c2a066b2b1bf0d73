import type { ErrorCatalogue } from "./error.ts";
import type { AnyResource } from "./resource.ts";

/** What a provider's main.ts hands to `serve`. Types and errors are loaded when a request needs them. */
export interface Provider {
  /** Name of the package and of the executable after `nixops4-resources-`. */
  readonly name: string;
  /** Name of the backend as people write it. */
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly types: Readonly<Record<string, () => Promise<{ default: AnyResource }>>>;
  readonly errors: () => Promise<{ default: ErrorCatalogue }>;
}
