import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Crowd, type Deed } from "../fixtures/crowd.ts";
import { flushLog } from "../report/log.ts";
import { scrub, Secret } from "../secrets/secret.ts";
import { answer } from "../serve/answer.ts";
import { OpenStores } from "../serve/open-stores.ts";
import { failUncaught } from "./active-request.ts";

// The same listener as in `serve`. The test runner's own listener would fail the run.
const runnersListeners = process.listeners("uncaughtException");
const unheard: unknown[] = [];
const listen = (error: unknown): void => void (failUncaught(error) || unheard.push(error));
beforeAll(() => {
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", listen);
});
afterAll(() => {
  process.off("uncaughtException", listen);
  for (const listener of runnersListeners) process.on("uncaughtException", listener);
});
afterEach(() => {
  vi.unstubAllEnvs();
  expect(unheard.splice(0)).toEqual([]);
});

const canaryOf = (name: string): string => `canary-of-${name}-0xC0FFEE`;

interface Member {
  name: string;
  deed?: Deed;
  seconds?: number;
  timeoutSeconds?: number;
  /** The member whose secret this one prints. */
  overhears?: string;
}

/** Answers one request of a crowd, with its own environment variable and stderr. */
async function ask(crowd: Crowd, { name, deed = "fine", seconds = 0, timeoutSeconds = 60, overhears = name }: Member) {
  vi.stubEnv(`SECRET_OF_${name}`, canaryOf(name));
  const inputProperties = {
    connection: {},
    managedBy: "prod",
    name,
    deed,
    seconds,
    timeoutSeconds,
    secret: { env: `SECRET_OF_${name}` },
    overheard: canaryOf(overhears),
  };
  const line = JSON.stringify({ createResourceRequest: { type: "member", inputProperties, isStateful: true } });
  await using stores = new OpenStores();
  const stderr: string[] = [];
  const reply = await answer(crowd.provider, line, stores, { stderr: (text) => stderr.push(text) });
  await flushLog();
  return { name, reply, stderr };
}

const done = { createResourceResponse: { outputProperties: {} } };
const failed = (words: string | RegExp) => ({ errorResponse: { message: expect.stringMatching(words) } });
const timedOut = (what: string, written: string) =>
  failed(
    new RegExp(
      `^\\[protocol.timeout\\] .*the time limit of 1 s expired while waiting for ${what} to finish; ${written}`,
    ),
  );

describe("50 requests side by side", () => {
  // Each request prints the secret of the next. Half of them end at once; the others take longer than a time limit of 1 s.
  const names = Array.from({ length: 50 }, (_, index) => `m${index}`);
  const special: Record<string, Omit<Member, "name">> = {
    m3: { deed: "hang in read", timeoutSeconds: 1 },
    m4: { deed: "hang in create", timeoutSeconds: 1 },
    m5: { deed: "hang after create", seconds: 0, timeoutSeconds: 1 },
    m6: { deed: "throw" },
    m7: { deed: "tell", seconds: 0 },
  };
  let answers: Awaited<ReturnType<typeof ask>>[];
  const crowd = new Crowd(names.length);
  const of = (name: string) => answers.find((each) => each.name === name);

  beforeAll(async () => {
    vi.stubEnv("NIXOPS4_RESOURCES_LOG", "info");
    const members = names.map((name, index) => ({
      name,
      seconds: index % 2 === 0 ? 0 : 1.3,
      overhears: names[(index + 1) % names.length] ?? name,
      ...special[name],
    }));
    answers = await Promise.all(members.map((member) => ask(crowd, member)));
  });

  test("answers each request on its own: a timeout, error or abort of one does not affect another", () => {
    expect(Object.fromEntries(answers.map(({ name, reply }) => [name, reply]))).toEqual({
      ...Object.fromEntries(names.map((name) => [name, done])),
      m3: timedOut("read member m3", "nothing was written"),
      m4: timedOut("create member m4", "whether the write took effect is unknown"),
      m5: timedOut("read member m5", "the write was completed"),
      m6: failed(/^\[protocol\.bug\] Unable to answer for member m6: .*socket of m6 broke: \[secret\]/),
      m7: failed(/^\[crowd\.telling\] Unable to read member m7: \[secret\] and \[secret\]\.$/),
    });
    expect(crowd.aborted.sort()).toEqual(["m3", "m4", "m5", "m6"]);
  });

  test("scrubs the secrets of all requests from every answer and every stderr", () => {
    expect(/.{30}C0FFEE/.exec(JSON.stringify(answers))).toBeNull();
    for (const { stderr } of answers) expect(stderr.join("")).toContain('"own":"[secret]","overheard":"[secret]"');
  });

  test("sends each line to the stderr of its own request", () => {
    for (const name of names) {
      const { stderr = [] } = of(name) ?? {};
      const outcome = name in special ? "failed" : "created";
      expect(stderr.filter((line) => line.startsWith(`${outcome} member ${name} (`))).toHaveLength(1);
      expect(stderr.filter((line) => line.includes("secret resolved"))).toEqual([
        expect.stringContaining(`"the secret of ${name}"`),
      ]);
      expect(stderr).toHaveLength(3);
    }
  });

  test("forgets the secrets of all requests when they have ended", () => {
    for (const name of names) expect(scrub(canaryOf(name))).toBe(canaryOf(name));
  });
});

describe("the secrets of a request", () => {
  test("are forgotten when it ends, also by a concurrent request", async () => {
    const crowd = new Crowd(2);
    const [, { reply }] = await Promise.all([
      ask(crowd, { name: "short" }),
      ask(crowd, { name: "long", deed: "tell", seconds: 0.2, overhears: "short" }),
    ]);
    expect(reply).toEqual(failed(`: \\[secret\\] and ${canaryOf("short")}\\.$`));
  });

  test("stay scrubbed from the output of its own work after it has ended", async () => {
    vi.stubEnv("NIXOPS4_RESOURCES_LOG", "info");
    const { reply, stderr } = await ask(new Crowd(1), { name: "hasty", deed: "log late", timeoutSeconds: 1 });
    expect(reply).toEqual(timedOut("read member hasty", "nothing was written"));
    expect(scrub(canaryOf("hasty"))).toBe(canaryOf("hasty"));
    await vi.waitFor(() => expect(stderr.at(-1)).toContain('"msg":"late"'), 2000);
    expect(stderr.at(-1)).toContain('"own":"[secret]"');
  });

  test("outside requests stay known", async () => {
    expect(new Secret("canary-of-nobody").toString()).toBe("[secret]");
    await ask(new Crowd(1), { name: "a" });
    expect(scrub("canary-of-nobody")).toBe("[secret]");
  });
});

describe("an uncaught error", () => {
  test("fails the only request in progress if its context names no request", async () => {
    const asked = ask(new Crowd(2), { name: "alone" });
    setTimeout(() => {
      throw new Error("socket hang up");
    }, 20);
    expect((await asked).reply).toEqual(failed(/^\[protocol\.bug\] .*socket hang up/));
  });

  test("fails all requests in progress if its context names none of them", async () => {
    const crowd = new Crowd(4);
    const asked = ["a", "b", "c"].map((name) => ask(crowd, { name }));
    setTimeout(() => {
      throw new Error("socket hang up");
    }, 20);
    for (const { reply } of await Promise.all(asked)) expect(reply).toEqual(failed("socket hang up"));
  });

  test("is only logged if its request has been answered", async () => {
    const crowd = new Crowd(1);
    vi.stubEnv("NIXOPS4_RESOURCES_LOG", "warn");
    const { stderr, reply } = await ask(crowd, { name: "over", deed: "throw late" });
    expect(reply).toEqual(done);
    const { reply: other } = await ask(new Crowd(1), { name: "other", seconds: 0.3 });
    expect(other).toEqual(done);
    await flushLog();
    expect(stderr.join("")).toMatch(
      /"reason":"socket of over broke: \[secret\]","msg":"uncaught error after the request was answered"/,
    );
  });

  test("is left to `serve` if no request is in progress", () => {
    expect(failUncaught(new Error("socket hang up"))).toBe(false);
  });
});
