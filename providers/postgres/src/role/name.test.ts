import { expect, test } from "vitest";
import { newRoleName } from "./name.ts";

test.each(["public", "none", "pg_monitor"])("PostgreSQL keeps the role name %s for itself", (name) => {
  expect(newRoleName.safeParse(name).success).toBe(false);
});
