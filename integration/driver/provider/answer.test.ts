import { expect, test } from "vitest";
import { answers, parseAnswer } from "./answer.ts";

const parse = (answer: unknown) => parseAnswer(answers.create, JSON.stringify(answer), "provider p");

test("an answer of the expected kind", () => {
  expect(parse({ createResourceResponse: { outputProperties: { a: [1] } } })).toEqual({ outputProperties: { a: [1] } });
});

test("an errorResponse is the provider's own failure, in its own words", () => {
  expect(() => parse({ errorResponse: { message: "[x.y] Unable to do it." } })).toThrow("[x.y] Unable to do it.");
});

test.each([
  ["an empty line", "", "an empty line"],
  ["text", "Welcome to provider p", "not JSON"],
  ["half an answer", '{"createResourceResponse":{"outputProperties":{', "not JSON"],
  ["no object", "[]", "not an object with one key"],
  ["two keys", '{"createResourceResponse":{"outputProperties":{}},"x":1}', "not an object with one key"],
  [
    "another kind",
    '{"updateResourceResponse":{"outputProperties":{}}}',
    "answered updateResourceResponse where createResourceResponse",
  ],
  ["a field too many", '{"createResourceResponse":{"outputProperties":{},"inputProperties":{}}}', "inputProperties"],
  ["a field too few", '{"createResourceResponse":{}}', "outputProperties"],
  ["an errorResponse without a message", '{"errorResponse":{}}', "no message"],
])("%s is an error", (_, line, reason) => {
  expect(() => parseAnswer(answers.create, line, "provider p")).toThrow(reason);
});

test("what an answer holds is not repeated in the error: it may hold outputs", () => {
  const line = '{"createResourceResponse":{"outputProperties":{"path":"/private"}}} trailing';
  expect(() => parseAnswer(answers.create, line, "provider p")).toThrow(/^(?!.*private)/s);
});
