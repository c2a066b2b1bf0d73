import * as z from "zod/mini";

/**
 * An absolute path on a host in letters that mean nothing to a shell, and without a part that is empty, `.` or `..`: one
 * file has one path.
 */
export const hostPath = z
  .string()
  .check(
    z.regex(/^(\/([A-Za-z0-9_@%+=,-]|\.[A-Za-z0-9_@%+=,-]|\.\.[A-Za-z0-9_.@%+=,-])[A-Za-z0-9_.@%+=,-]*)+$/),
    z.maxLength(200),
  );
