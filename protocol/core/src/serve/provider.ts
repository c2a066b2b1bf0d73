import type { Commands } from "./command.ts";
import type { ErrorCatalogue } from "../report/error.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { LoadSecretSources } from "../secrets/sources.ts";

/** The argument of `serve` in a provider's main.ts. Types and errors are loaded when a request needs them. */
export interface Provider {
  /** Name of the package, and of the executable after `nixops4-resources-`. */
  readonly name: string;
  /** Name of the backend for people. */
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly types: Readonly<Record<string, () => Promise<{ default: AnyResource }>>>;
  readonly errors: () => Promise<{ default: ErrorCatalogue }>;
  /** Reads secret references of the kinds `age`, `sops` and `store`; without it they are rejected. */
  readonly secretSources?: LoadSecretSources;
  /** Serves the types to OpenTofu, which starts the executable as a plugin; without it the executable is no plugin. */
  readonly opentofu?: () => Promise<{ servePlugin(provider: Provider): Promise<void> }>;
  /** Additional commands of this provider, by name. A verb or a kind of request is no valid name. */
  readonly commands?: () => Promise<{ default: Commands }>;
}
