import type { RawNumber } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { digitsOf } from "../admin/shapes.ts";

/** Largest number of Garage, 2^64 - 1. */
const largest = 18_446_744_073_709_551_615n;

/** A limit of Garage: a number, its digits if it is above 2^53 - 1, or no limit. */
export const quota = z.nullable(
  z.union([
    z.int().check(z.minimum(0)),
    z.string().check(
      z.regex(/^(unlimited|0|[1-9][0-9]{0,19})$/),
      z.refine((digits) => digits === "unlimited" || BigInt(digits) <= largest, "at most 18446744073709551615"),
    ),
  ]),
);

export type Quota = z.output<typeof quota>;

/** The limit of a bucket, as the server sends it. */
type Current = number | RawNumber | null;

/** The limit as the API has it: digits, or null for none. */
const wantedDigits = (wanted: NonNullable<Quota>): string | null => (wanted === "unlimited" ? null : String(wanted));

/** The limit of the server in the form of the input; as wanted if it is the same, or not managed. */
export function seenQuota(current: Current, wanted: Quota): Quota {
  const digits = current === null ? null : digitsOf(current);
  if (wanted === null || wantedDigits(wanted) === digits) return wanted;
  if (digits === null) return "unlimited";
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
}

/** For the API: the wanted limit, or the current one if it is not managed. Every digit is kept. */
export function quotaToSend(wanted: Quota, current: Current): unknown {
  if (wanted === null) return current;
  const digits = wantedDigits(wanted);
  return digits === null ? null : JSON.rawJSON(digits);
}

/** Whether the limit is below the use, so that every further write fails. */
export function isBelow(wanted: Quota, used: number): boolean {
  const digits = wanted === null ? null : wantedDigits(wanted);
  return digits !== null && BigInt(digits) < BigInt(used);
}
