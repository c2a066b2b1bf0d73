import { DriverError } from "../errors.ts";
import { memberKey, memberName, type MemberKey, type MemberRequest } from "../evaluation/member.ts";
import { sortedJson } from "../json.ts";
import { Descriptions } from "../provider/descriptions.ts";
import type { ResourceTypes } from "../provider/describe.ts";
import type { ProviderProcesses } from "../provider/processes.ts";

type ResourceType = ResourceTypes[string];

/** Members with one provider, type and connection. */
type Group = Map<MemberKey, MemberRequest>;

/**
 * Finds members that declare one object: each apply of one would silently replace what the other declares. A provider cannot
 * find them, since a request does not name its member (ADR 20).
 */
export class DeclaredObjects {
  readonly #descriptions: Descriptions;
  readonly #groups = new Map<string, Group>();
  readonly #objects = new Map<string, Map<MemberKey, MemberRequest>>();
  readonly #types = new Map<string, ResourceType>();

  constructor(processes: ProviderProcesses) {
    this.#descriptions = new Descriptions(processes);
  }

  /** Adds members whose inputs are known. Only a provider with two members that could be one object is asked for its types. */
  async add(members: readonly MemberRequest[]): Promise<void> {
    for (const member of members) {
      const group = this.#groups.get(groupOf(member)) ?? new Map<MemberKey, MemberRequest>();
      this.#groups.set(groupOf(member), group.set(memberKey(member.path), member));
    }
    const groups = new Set(members.map(groupOf));
    await Promise.all([...groups].map((name) => this.#index(name, this.#groups.get(name) ?? new Map())));
  }

  /** Throws DriverError if another member declares the same object. */
  requireOnlyOne(member: MemberRequest): void {
    const type = this.#types.get(groupOf(member));
    if (type === undefined) return;
    const same = this.#objects.get(objectOf(member, type)) ?? new Map<MemberKey, MemberRequest>();
    const others = [...same.values()].filter(
      (other) => memberKey(other.path) !== memberKey(member.path) && !share(type, member, other),
    );
    if (others.length > 0) throw refusal(member, others, type);
  }

  async #index(name: string, group: Group): Promise<void> {
    const [first] = group.values();
    if (first === undefined || group.size < 2) return;
    // A provider that cannot be started fails each of its members.
    const types = await this.#descriptions.of(first.provider).catch((): ResourceTypes => ({}));
    const type = types[first.type];
    // Several members may declare parts of an object that carries no mark, such as the privileges on a table.
    if (type?.identity === undefined || type.bearsMark !== true) return;
    this.#types.set(name, type);
    for (const [key, member] of group) {
      const object = objectOf(member, type);
      this.#objects.set(object, (this.#objects.get(object) ?? new Map<MemberKey, MemberRequest>()).set(key, member));
    }
  }
}

const groupOf = ({ provider, type, inputs }: MemberRequest): string =>
  sortedJson([provider.executable, [...provider.args], type, inputs["connection"] ?? null]);

const objectOf = (member: MemberRequest, { identity = [] }: ResourceType): string =>
  `${groupOf(member)} ${sortedJson(identity.map((name) => member.inputs[name] ?? null))}`;

/** Whether two members declare different parts of one object. */
function share({ sharedBy }: ResourceType, one: MemberRequest, other: MemberRequest): boolean {
  if (sharedBy == null || ![one, other].every(({ inputs }) => inputs[sharedBy.flag] === true)) return false;
  const [part = null, otherPart = null] = [one, other].map(({ inputs }) => inputs[sharedBy.part]);
  return part === null || part !== otherPart;
}

function refusal(
  { path, type, inputs }: MemberRequest,
  others: readonly MemberRequest[],
  { identity = [], sharedBy }: ResourceType,
): DriverError {
  const named = others.map((other) => memberName(other.path)).join(", ");
  const object = identity.map((name) => `\`${name}\` ${JSON.stringify(inputs[name] ?? null)}`).join(", ");
  return new DriverError(
    "driver.member.duplicate",
    `Unable to apply member ${memberName(path)}: ${named} ${others.length === 1 ? "declares" : "declare"} the same ${type.replaceAll("_", " ")} (${object}), so each would replace what the other declares.`,
    sharedBy == null
      ? {}
      : {
          hint: `Set \`${sharedBy.flag} = true\` in each of them, with a different \`${sharedBy.part}\`, or declare everything in one member.`,
        },
  );
}
