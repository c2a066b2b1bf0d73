import { expect, test } from "vitest";
import { parseProviderMessage } from "./message.ts";

test.each([
  ['{"outcome":"adopted","type":"role","label":"app","seconds":0.04}', { kind: "outcome", outcome: "adopted" }],
  ['{"outcome":"deleted","note":"revoked: 1"}', { kind: "outcome", outcome: "deleted", note: "revoked: 1" }],
  ['{"waiting":"the lock on db","seconds":12}', { kind: "waiting", for: "the lock on db" }],
  ['{"level":"warn","msg":"slow server","pid":1}', { kind: "log", text: "slow server" }],
  ["plain words", { kind: "log", text: "plain words" }],
  ['{"outcome":"exploded"}', { kind: "log", text: '{"outcome":"exploded"}' }],
  ["{not json", { kind: "log", text: "{not json" }],
])("%s", (line, message) => {
  expect(parseProviderMessage(line)).toEqual(message);
});
