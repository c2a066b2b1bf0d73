import * as z from "zod/mini";

/**
 * An absolute path on a host without characters that are special to a shell, and without empty parts, `.` or `..`, so
 * that each file has one path.
 */
export const hostPath = z
  .string()
  .check(
    z.regex(/^(\/([A-Za-z0-9_@%+=,-]|\.[A-Za-z0-9_@%+=,-]|\.\.[A-Za-z0-9_.@%+=,-])[A-Za-z0-9_.@%+=,-]*)+$/),
    z.maxLength(200),
  );
