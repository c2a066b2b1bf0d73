import { expect, test } from "vitest";
import { newRoleName } from "./name.ts";

test.each(["public", "none", "pg_monitor"])("rejects the role name %s, which PostgreSQL reserves", (name) => {
  expect(newRoleName.safeParse(name).success).toBe(false);
});
