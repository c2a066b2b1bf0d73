import type { LimitFunction } from "p-limit";
import { DriverError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { memberName, type MemberPath, type MemberRequest, type Provider } from "../evaluation/member.ts";
import { describeProvider, type ResourceTypes } from "../provider/describe.ts";
import type { Asking } from "../provider/processes.ts";
import { isStateFile } from "../state/store.ts";

/** The providers of the declared members, and their resource types. */
export class Providers {
  readonly #members: readonly MemberRequest[];
  readonly #types: ReadonlyMap<string, ResourceTypes>;

  private constructor(members: readonly MemberRequest[], types: ReadonlyMap<string, ResourceTypes>) {
    this.#members = members;
    this.#types = types;
  }

  /** Asks each provider once. One that cannot answer has the types of its members. */
  static async of(members: readonly MemberRequest[], slots: LimitFunction, asking: Asking): Promise<Providers> {
    const asked = members.filter((member) => !isStateFile(member)).map(({ provider }) => provider);
    const types = await slots.map(distinct(asked), async (provider) => {
      const known = await describeProvider(provider, asking).catch((): ResourceTypes => ({}));
      return [keyOf(provider), known] as const;
    });
    return new Providers(members, new Map(types));
  }

  storesState(member: MemberRequest): boolean {
    return isStateFile(member) || this.#typesOf(member)[member.type]?.storesState === true;
  }

  /**
   * The provider of an undeclared member: the only one that has its type, or else the only one that has it with all of these
   * inputs. Throws DriverError if there is not exactly one.
   */
  having(type: string, inputs: JsonObject, path: MemberPath): Provider {
    const sameType = this.#members.filter(
      (member) => member.type === type || Object.hasOwn(this.#typesOf(member), type),
    );
    const sameInputs = sameType.filter((member) => takes(this.#typesOf(member)[type], inputs));
    const found = sameInputs.length > 0 ? sameInputs : sameType;
    const [provider, ...others] = distinct(found.map((member) => member.provider));
    if (provider !== undefined && others.length === 0) return provider;
    const programs = [provider, ...others].flatMap((one) => one && [one.executable, ...one.args].join(" "));
    const reason =
      provider === undefined
        ? `no member of the deployment has a provider with its type ${type}`
        : `several providers have its type ${type}: ${programs.join("; ")}`;
    throw new DriverError("driver.destroy.provider", `Unable to destroy member ${memberName(path)}: ${reason}.`);
  }

  #typesOf({ provider }: MemberRequest): ResourceTypes {
    return this.#types.get(keyOf(provider)) ?? {};
  }
}

/** Whether a type has all of these inputs. One that is not described may have any. */
function takes(type: ResourceTypes[string] | undefined, inputs: JsonObject): boolean {
  const names = type?.inputs?.["properties"];
  return !isJsonObject(names) || Object.keys(inputs).every((name) => Object.hasOwn(names, name));
}

const keyOf = (provider: Provider): string => JSON.stringify(provider);

function distinct(providers: readonly Provider[]): Provider[] {
  return [...new Map(providers.map((provider) => [keyOf(provider), provider])).values()];
}
