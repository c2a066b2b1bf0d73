import { expect, test } from "vitest";
import { answers, parseAnswer } from "./answer.ts";

const parse = (answer: unknown) => parseAnswer(answers.create, JSON.stringify(answer), "provider p");

test("returns the body of an answer of the expected kind", () => {
  expect(parse({ createResourceResponse: { outputProperties: { a: [1] } } })).toEqual({ outputProperties: { a: [1] } });
});

test("throws an errorResponse as the provider's own message", () => {
  expect(() => parse({ errorResponse: { message: "[x.y] Unable to do it." } })).toThrow("[x.y] Unable to do it.");
});

test.each([
  ["an empty line", "", "an empty line"],
  ["text", "Welcome to provider p", "not JSON"],
  ["an incomplete answer", '{"createResourceResponse":{"outputProperties":{', "not JSON"],
  ["an array", "[]", "not an object with one key"],
  ["two keys", '{"createResourceResponse":{"outputProperties":{}},"x":1}', "not an object with one key"],
  [
    "another kind",
    '{"updateResourceResponse":{"outputProperties":{}}}',
    "it is updateResourceResponse, but createResourceResponse was expected",
  ],
  ["an unknown field", '{"createResourceResponse":{"outputProperties":{},"inputProperties":{}}}', "inputProperties"],
  ["a missing field", '{"createResourceResponse":{}}', "outputProperties"],
  ["an errorResponse without a message", '{"errorResponse":{}}', "no message"],
])("rejects %s", (_, line, reason) => {
  expect(() => parseAnswer(answers.create, line, "provider p")).toThrow(reason);
});

test("does not repeat the answer in the error, since it may contain outputs", () => {
  const line = '{"createResourceResponse":{"outputProperties":{"path":"/private"}}} trailing';
  expect(() => parseAnswer(answers.create, line, "provider p")).toThrow(/^(?!.*private)/s);
});
