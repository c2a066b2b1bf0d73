import { readMark, withMark, type Mark } from "@nixops4-resources/protocol-core";
import type { GuestConfig } from "../config/guest-config.ts";

/** What our mark says about a VM, beside the deployment. */
export interface Facts {
  /** Name in the inputs. */
  readonly name: string;
  /** The UUID and the id of the VM that was marked: a copy has others. */
  readonly uuid: string;
  readonly vmid: number;
  /** Declared tags and further properties, so that they are removed when they are no longer declared. */
  readonly tags: readonly string[];
  readonly extra: readonly string[];
  /** Volume of the image from which the VM was created. */
  readonly image: string | undefined;
  /** Id of the template from which the VM was cloned. */
  readonly template?: number | undefined;
  /** Set until a clone has our UUID: Proxmox gives it another one at first. */
  readonly cloning?: boolean;
  readonly cloudInit: BootedWith | undefined;
  /** Set by a destroy, before anything is stopped. */
  readonly destroying: boolean;
}

/** What cloud-init in the guest has taken up, as far as we know. */
export interface BootedWith {
  readonly id: string;
  /** Seconds since 1970 when the settings were changed to others: a boot after that takes them up. */
  readonly changedAt?: number;
}

const known = ["name", "uuid", "vmid", "tags", "extra", "image", "template", "cloning", "cloudInit", "destroying"];

/** Undefined for a mark without them, which is damaged or of another type. */
export function factsIn(mark: Mark | undefined): Facts | undefined {
  if (mark?.type !== "vm" || mark.more === undefined) return undefined;
  const { name, uuid, vmid, tags, extra, image, template, cloning, cloudInit, destroying } = mark.more;
  if (typeof name !== "string" || typeof uuid !== "string" || typeof vmid !== "number") return undefined;
  return {
    name,
    uuid,
    vmid,
    tags: textsIn(tags),
    extra: textsIn(extra),
    image: typeof image === "string" ? image : undefined,
    ...(typeof template === "number" && { template }),
    ...(cloning === true && { cloning }),
    cloudInit: bootedWithIn(cloudInit),
    destroying: destroying === true,
  };
}

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

function bootedWithIn(value: unknown): BootedWith | undefined {
  const { id, changedAt }: Record<string, unknown> = Object(value);
  if (typeof id !== "string") return undefined;
  return typeof changedAt === "number" ? { id, changedAt } : { id };
}

/** The mark with these facts, in a fixed order. Members that we do not know are kept. */
export function withFacts({ more, ...mark }: Mark, facts: Facts): Mark {
  const others = Object.entries(more ?? {}).filter(([key]) => !known.includes(key));
  const { name, uuid, vmid, tags, extra, image, template, cloning, cloudInit, destroying } = facts;
  return {
    ...mark,
    more: {
      name,
      uuid,
      vmid,
      ...(tags.length > 0 && { tags }),
      ...(extra.length > 0 && { extra }),
      ...(image !== undefined && { image }),
      ...(template !== undefined && { template }),
      ...(cloning === true && { cloning }),
      ...(cloudInit !== undefined && { cloudInit }),
      ...(destroying && { destroying }),
      ...Object.fromEntries(others),
    },
  };
}

/**
 * Whether the mark was written for this very VM. A copy has another id, or another UUID than the mark says; a clone that we
 * have not finished has another UUID, too, and says so.
 */
export const isFor = ({ vmid, uuid, cloning }: Facts, id: number, config: GuestConfig): boolean =>
  vmid === id && (cloning === true || uuid === (uuidIn(config) ?? ""));

/** Proxmox may add a newline at the end. */
export const markIn = (config: GuestConfig): Mark | undefined => readMark(config.get("description"));

/** The notes of people, without our mark. */
export const wordsIn = (config: GuestConfig): string =>
  (withMark(config.get("description"), undefined) ?? "").replace(/\n+$/, "");

export const descriptionWith = (words: string, mark: Mark | undefined): string => withMark(words, mark) ?? "";

/** Source: the format pve-qm-smbios1 of qemu-server. */
export function uuidIn(config: GuestConfig): string | undefined {
  return /(?:^|,)uuid=([0-9a-fA-F-]{36})(?:,|$)/.exec(config.get("smbios1") ?? "")?.[1]?.toLowerCase();
}

/** Whether two marks belong to the same deployment in the same way. Other members may have changed. */
export const isSameOwner = (one: Mark | undefined, other: Mark | undefined): boolean =>
  one?.managedBy === other?.managedBy && one?.type === other?.type && one?.adopted === other?.adopted;
