import * as z from "zod/mini";
import { isRejected } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { pathOf, type Place } from "../config/guest-config.ts";

const apiInterfaces = z.object({
  result: z.array(
    z.object({
      "hardware-address": z.optional(z.string()),
      "ip-addresses": z.optional(
        z.array(z.object({ "ip-address": z.string(), "ip-address-type": z.enum(["ipv4", "ipv6"]) })),
      ),
    }),
  ),
});

const apiFile = z.object({ content: z.string() });

/** An address of an interface in the guest. */
export interface GuestAddress {
  /** In upper case. */
  readonly mac: string;
  readonly family: "ipv4" | "ipv6";
  readonly address: string;
}

/** What the agent says; why it says nothing otherwise. */
export type Answered<T> = { readonly value: T } | { readonly silence: "not configured" | "not running" };

/** Addresses of all interfaces, without those that only the guest or its link uses. */
export async function askAddresses(client: ProxmoxReader, place: Place): Promise<Answered<GuestAddress[]>> {
  return await asking(async () => {
    const { result } = await client.get(`${pathOf(place)}/agent/network-get-interfaces`, apiInterfaces);
    return result.flatMap(({ "hardware-address": mac = "", "ip-addresses": addresses = [] }) =>
      addresses
        .map((one): GuestAddress => ({
          mac: mac.toUpperCase(),
          family: one["ip-address-type"],
          address: one["ip-address"].toLowerCase(),
        }))
        .filter(({ address }) => !isLocal(address)),
    );
  });
}

/** Loopback and link-local addresses. */
const isLocal = (address: string): boolean => /^(127\.|169\.254\.|::1$|fe[89ab][0-9a-f]:)/.test(address);

/** A line of text; undefined if the guest has no such file. */
export async function askFile(
  client: ProxmoxReader,
  place: Place,
  file: string,
): Promise<Answered<string | undefined>> {
  return await asking(async () => {
    try {
      return (await client.get(`${pathOf(place)}/agent/file-read`, apiFile, { file })).content.trim();
    } catch (error) {
      if (isRejected(error) && /no such file|can't open|failed to open/i.test(error.words)) return undefined;
      throw error;
    }
  });
}

/** Source: PVE::QemuServer::Agent of qemu-server. */
async function asking<T>(work: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!isRejected(error)) throw error;
    if (error.words.includes("No QEMU guest agent configured")) return { silence: "not configured" };
    if (/QEMU guest agent is not running|VM [0-9]+ (is )?not running|got timeout/.test(error.words)) {
      return { silence: "not running" };
    }
    throw error;
  }
}
