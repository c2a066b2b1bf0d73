import { expect, test } from "vitest";
import { filtersFor } from "./filters.ts";

test("filters escape what has a meaning in a filter: a person may have given the group such a name", () => {
  const { memberFilter } = filtersFor({ baseDn: "dc=example,dc=org" }, "Ops (night*)\\");
  expect(memberFilter).toBe("(memberof=cn=ops \\28night\\2a\\29\\5c,ou=groups,dc=example,dc=org)");
});
