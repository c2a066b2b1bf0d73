// Proxmox sends numbers and flags as numbers, as text or as booleans, in no fixed way. The types are made by hand: every
// process loads the types of zod that one of its resources uses.
import * as z from "zod/mini";

type Flag = boolean | 0 | 1 | "" | "0" | "1";

/** A number: `2` or `"2"`. */
export const looseNumber = z.custom<number | string>(
  (value) => typeof value === "number" || (typeof value === "string" && /^-?[0-9]+(\.[0-9]+)?$/.test(value)),
);

const isFlag = (value: unknown): value is Flag => [true, false, 0, 1, "", "0", "1"].some((flag) => flag === value);

/** A flag: `1`, `"1"` or `true`. */
export const looseFlag = z.custom<Flag>(isFlag);

export const numberOf = (value: number | string): number => Number(value);

/** Whether the flag is set. Perl sends an empty text for false. */
export const isSet = (value: Flag): boolean => value === true || value === 1 || value === "1";

/** The flag as Proxmox takes it in JSON. */
export const toFlag = (isTrue: boolean): 0 | 1 => (isTrue ? 1 : 0);

/** An object whose names are data, such as privileges. */
export const named = <T>(isValue: (value: unknown) => value is T) =>
  z.custom<Readonly<Record<string, T>>>(
    (value) =>
      typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isValue),
  );

/** Privileges, each with whether it propagates. */
export const flags = named(isFlag);
export type Flags = z.output<typeof flags>;

export const isText = (value: unknown): value is string => typeof value === "string";

/** No data. */
export const nothing = z.custom<null>((value) => value === null);
