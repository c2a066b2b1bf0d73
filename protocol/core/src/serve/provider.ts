import type { Commands } from "./command.ts";
import type { ErrorCatalogue } from "../report/error.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { LoadSecretSources } from "../secrets/sources.ts";

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
  /** What reads references to secrets of the kinds `age`, `sops` and `store`; without it they are refused. */
  readonly secretSources?: LoadSecretSources;
  /** Commands for people beside those that every provider has, by name. */
  readonly commands?: () => Promise<{ default: Commands }>;
}
