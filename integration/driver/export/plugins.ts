import type { ProviderDescription } from "@nixops4-resources/protocol-core";
import { providerSchema, type ProviderSchema } from "@nixops4-resources/protocol-opentofu/schema";
import * as z from "zod";
import type { MemberRequest, Provider } from "../evaluation/member.ts";
import { answers, type AnswerType } from "../provider/answer.ts";
import { askToDescribe } from "../provider/describe.ts";
import type { Asking } from "../provider/processes.ts";
import { isStateFile } from "../state/store.ts";

/** The type of a member, as the driver and as OpenTofu see it. */
export interface MemberType {
  /** Whether its provider reads objects of the type. */
  readonly isReadable: boolean;
  /** The plugin of OpenTofu that has the type; undefined if there is none. */
  readonly plugin: ProviderSchema | undefined;
}

/** The providers of a deployment. Each program is asked once. */
export class Plugins {
  readonly #asking: Asking;
  readonly #descriptions = new Map<string, Promise<ProviderDescription | undefined>>();

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** Throws DriverError if the provider cannot be started. */
  async typeOf(member: Pick<MemberRequest, "type" | "provider">): Promise<MemberType> {
    if (isStateFile(member)) return { isReadable: false, plugin: undefined };
    const found = await this.#describe(member.provider);
    const type = found?.resourceTypes[member.type];
    const isServed = found?.opentofu === true && type?.storesState === false;
    return { isReadable: type !== undefined, plugin: isServed ? providerSchema(found) : undefined };
  }

  #describe(provider: Provider): Promise<ProviderDescription | undefined> {
    const key = JSON.stringify(provider);
    const description = this.#descriptions.get(key) ?? askToDescribe(provider, wholeDescription, this.#asking);
    this.#descriptions.set(key, description);
    return description;
  }
}

/** Whole descriptions: a provider that is a plugin of OpenTofu belongs to this suite, so they are not validated. */
const wholeDescription: AnswerType<ProviderDescription> = {
  key: answers.describe.key,
  schema: z.custom<ProviderDescription>((value) => answers.describe.schema.safeParse(value).success),
};
