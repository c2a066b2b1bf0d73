import { expect, test } from "vitest";
import { Progress } from "./progress.ts";

const answer = "an answer of http://garage:3903";

test("the innermost wait is reported", () => {
  const progress = new Progress();
  progress.begin("a connection");
  const inner = progress.begin("one of 8 places");
  expect(progress.current?.what).toBe("one of 8 places");
  progress.end(inner);
  expect(progress.current?.what).toBe("a connection");
});

test("while a look is repeated, the wait for its answer says why", () => {
  const progress = new Progress();
  let cause = "";
  progress.begin(() => `${answer}${cause}`);
  progress.begin(answer);
  expect(progress.current?.what).toBe(answer);
  cause = " (it answers with 503)";
  expect(progress.current?.what).toBe("an answer of http://garage:3903 (it answers with 503)");
});

test("a request that has ended waits for nothing", () => {
  const progress = new Progress();
  progress.begin(answer);
  progress.close();
  expect(progress.current).toBeUndefined();
});
