import * as z from "zod/mini";

export const logLevels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog"] as const;
export const logLevel = z.enum(logLevels);
