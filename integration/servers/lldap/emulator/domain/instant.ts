/**
 * A point in time with the nine decimals that lldap keeps. It has no leap second of its own: `second` may end in `:60`.
 * Source: crates/domain/src/types.rs, which stores chrono's NaiveDateTime.
 */
export interface Instant {
  /** For example `2026-11-29T09:56:21`, in UTC. */
  readonly second: string;
  readonly nanoseconds: number;
}

/** The time at which `process.hrtime` was 0, in nanoseconds. */
const origin = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

let latest = 0n;

/** The current time. Each call returns a later one, so that every write is visible in a date. */
export function now(): Instant {
  const measured = origin + process.hrtime.bigint();
  latest = measured > latest ? measured : latest + 1n;
  return { second: secondOf(Number(latest / 1_000_000n)), nanoseconds: Number(latest % 1_000_000_000n) };
}

/** RFC 3339 in UTC, with 0, 3, 6 or 9 decimals. */
export const toRfc3339 = (instant: Instant, zone: "Z" | "+00:00"): string =>
  `${instant.second}${decimals(instant)}${zone}`;

/** GeneralizedTime, without decimals. Source: crates/ldap/src/core/utils.rs: to_generalized_time */
export const toGeneralizedTime = (instant: Instant): string => `${instant.second.replaceAll(/[-:T]/g, "")}Z`;

/** As the text of a column of SQLite. */
export const toColumn = (instant: Instant): string => `${instant.second.replace("T", " ")}${decimals(instant)}`;

const pattern = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Undefined if the text is not RFC 3339. Source: crates/domain/src/deserialize.rs, which uses chrono. */
export function parseRfc3339(text: string): Instant | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, day = "", hours, minutes, seconds, fraction = "", sign = "+", zoneHours = 0, zoneMinutes = 0] = found;
  const isLeap = seconds === "60";
  const time = `${hours}:${minutes}:${isLeap ? "59" : seconds}`;
  const milliseconds = Date.parse(`${day}T${time}Z`);
  // `Date` turns 30 February into 2 March, and accepts 24:00:00.
  if (Number.isNaN(milliseconds) || secondOf(milliseconds) !== `${day}T${time}`) return undefined;
  if (Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return undefined;
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -60_000 : 60_000);
  const second = secondOf(milliseconds - offset);
  return {
    second: isLeap ? second.replace(/..$/, "60") : second,
    nanoseconds: Number(fraction.slice(0, 9).padEnd(9, "0")),
  };
}

const secondOf = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "");

function decimals({ nanoseconds }: Instant): string {
  if (nanoseconds === 0) return "";
  const digits = String(nanoseconds).padStart(9, "0");
  return `.${digits.replace(/(000)+$/, "")}`;
}
