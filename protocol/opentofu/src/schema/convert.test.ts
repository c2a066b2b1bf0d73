import { expect, test } from "vitest";
import type { Field, Form, ObjectForm } from "./form.ts";
import { objectWithDefaults, toEngine, toInput, withDefaults } from "./convert.ts";

const field = (input: string, name: string, form: Form, more: Partial<Field> = {}): Field => ({
  input,
  name,
  form,
  description: "",
  isRequired: false,
  ...more,
});
const text: Form = { kind: "string" };
const member: ObjectForm = {
  kind: "object",
  fields: [field("userName", "user_name", text), field("isAdmin", "is_admin", { kind: "bool" }, { fallback: false })],
};
const values: Form = { kind: "any", oneOf: [{ kind: "list", of: { kind: "any", oneOf: [text, member] } }] };
const group: ObjectForm = {
  kind: "object",
  fields: [
    field("members", "members", { kind: "list", of: member }, { fallback: [] }),
    field("labels", "labels", { kind: "map", of: text }),
    field("values", "values", values),
  ],
};

test("renames the attributes of objects, but not the keys of maps", () => {
  const value = { members: [{ user_name: "ann", is_admin: null }], labels: { some_key: "a" }, values: null };
  const input = { members: [{ userName: "ann", isAdmin: null }], labels: { some_key: "a" }, values: null };
  expect(toInput(value, group)).toEqual(input);
  expect(toEngine(input, group)).toEqual(value);
});

test("renames the attributes of objects in a value that carries its own type, and adds none", () => {
  const value = ["plain", { user_name: "ann" }];
  const input = ["plain", { userName: "ann" }];
  expect(toInput(value, values)).toEqual(input);
  expect(toEngine(input, values)).toEqual(value);
});

test("accepts in such a value also the names of requests, and keeps unknown ones for the provider to report", () => {
  expect(toInput([{ userName: "ann", wrong: 1 }], values)).toEqual([{ userName: "ann", wrong: 1 }]);
});

test("fills in defaults at every depth, and every attribute", () => {
  expect(objectWithDefaults({ members: [{ user_name: "ann", is_admin: null }] }, group)).toEqual({
    members: [{ user_name: "ann", is_admin: false }],
    labels: null,
    values: null,
  });
  expect(objectWithDefaults({}, group)).toMatchObject({ members: [] });
});

test("leaves a value that carries its own type as it is, since its plan must equal the configuration", () => {
  expect(withDefaults([{ user_name: "ann" }], values)).toEqual([{ user_name: "ann" }]);
});

test("shows a text in place of a value that is not shown as null, unless the attribute is a text", () => {
  expect(toEngine("(another value)", member)).toBe(null);
  expect(toEngine("(another value)", text)).toBe("(another value)");
});
