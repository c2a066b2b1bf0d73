/** A time to the minute, in UTC: `2026-11-25 19:56`. */
export const minute = (iso: string): string => iso.slice(0, 16).replace("T", " ");
