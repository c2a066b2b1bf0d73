import { expect, test } from "vitest";
import { declaredValue } from "./declared.ts";

test("what is declared is stored in the same way, whatever its order", () => {
  const one = declaredValue({ name: "Mail", groups: ["mail", "operators"], attributes: ["badge", "desk"] });
  const other = declaredValue({ name: "Mail", groups: ["operators", "mail"], attributes: ["desk", "badge"] });
  expect(other).toEqual(one);
  expect(one.value).toEqual(['{"v":1,"name":"Mail","groups":["mail","operators"],"attributes":["badge","desk"]}']);
});
