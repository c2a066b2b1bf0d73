import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";

const room = join(import.meta.dirname, "../fixtures/room.ts");

const start = (env: Record<string, string> = {}): ChildProcess =>
  spawn(process.execPath, [room], { env: { ...process.env, ...env }, stdio: "pipe" });

/** Starts a provider, sends the whole input, closes stdin, and waits until the process ends. */
async function talk(input: string | Buffer, env: Record<string, string> = {}) {
  const child = start(env);
  if (child.stdin === null || child.stdout === null || child.stderr === null) throw new TypeError("no pipes");
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  const answers = stdout
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  return { answers, stderr, code: child.exitCode };
}

const moody = (inputs: object): string =>
  JSON.stringify({
    createResourceRequest: {
      type: "moody",
      inputProperties: { connection: {}, managedBy: "prod", ...inputs },
      isStateful: true,
    },
  });
const box = (name: string, more: object = {}): string =>
  JSON.stringify({
    createResourceRequest: {
      type: "box",
      inputProperties: { connection: {}, managedBy: "prod", name, ...more },
      isStateful: false,
    },
  });
const fine = { createResourceResponse: { outputProperties: { pid: expect.any(Number) } } };
const made = { createResourceResponse: { outputProperties: { litres: 10 } } };
const refused = (words: string | RegExp) => ({ errorResponse: { message: expect.stringMatching(words) } });

describe("the loop", () => {
  test("answers each line in order and continues after an invalid one", async () => {
    const { answers, code } = await talk(`${box("a")}\nnonsense\n\n${box("b", { size: 0 })}\n${box("c")}\n`);
    expect(answers).toEqual([made, refused("the line is not JSON"), refused("`size` must be >= 1, got 0"), made]);
    expect(code).toBe(0);
  });

  test("accepts CRLF, a missing last newline, and a line of megabytes in small chunks", async () => {
    const large = box("large", { label: "ä".repeat(3_000_000) });
    const { answers } = await talk(`${box("a")}\r\n${large}\r\n${box("b")}`);
    expect(answers).toEqual([made, made, made]);
  });

  test("ends without output on empty input", async () => {
    expect(await talk("").catch(String)).toContain("SyntaxError");
    const child = start();
    child.stdin?.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("reports one outcome per request on stderr, as text or as JSON", async () => {
    const lines = `${box("a")}\n${box("a")}\n${box("a", { size: 0 })}\n`;
    expect((await talk(lines)).stderr).toMatch(
      /^created box a \(\d+\.\d\d s\)\nunchanged box a \(\d+\.\d\d s\)\nfailed box a \(\d+\.\d\d s\): \[protocol\.inputs\.invalid\] `size` must be >= 1, got 0\. Hint: Correct the inputs of this resource\.\n$/,
    );
    const { stderr } = await talk(lines, { NIXOPS4_RESOURCES_LOG_FORMAT: "json" });
    expect(
      stderr
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(
      ["created", "unchanged", "failed"].map((outcome) => ({
        outcome,
        type: "box",
        label: "a",
        seconds: expect.any(Number),
        ...(outcome === "failed" && {
          code: "protocol.inputs.invalid",
          message: "`size` must be >= 1, got 0",
          hint: "Correct the inputs of this resource.",
        }),
      })),
    );
  });

  test("says on stderr why a request failed that names no resource", async () => {
    const unknown = JSON.stringify({ createResourceRequest: { type: "boxs", inputProperties: {}, isStateful: true } });
    const { stderr } = await talk(`no JSON\n${unknown}\n`);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(
        /^failed to read the request \(\d\.\d\d s\): \[protocol\.request\.malformed\] .*\. Hint: .*\.$/,
      ),
      expect.stringMatching(
        /^failed to answer createResourceRequest \(\d\.\d\d s\): \[protocol\.type\.unknown\] .*"boxs"\. Hint: Did you mean `box`\?$/,
      ),
    ]);
    const { stderr: json } = await talk(`${unknown}\n`, { NIXOPS4_RESOURCES_LOG_FORMAT: "json" });
    expect(JSON.parse(json)).toMatchObject({
      outcome: "failed",
      type: null,
      label: null,
      code: "protocol.type.unknown",
    });
  });

  test("a fault of ours is said to be one, without a stack trace", async () => {
    const { answers, stderr } = await talk(moody({ mood: "broken" }));
    expect(answers).toEqual([
      refused(
        /^\[protocol\.bug\] Unable to read moody broken: .*undefined is not a function.*\nHint: Report this bug/s,
      ),
    ]);
    expect(stderr).not.toContain(" at ");
    const { stderr: debug } = await talk(moody({ mood: "broken" }), { NIXOPS4_RESOURCES_LOG: "debug" });
    expect(debug).toContain("room.ts");
  });

  test("answers a request that throws an uncaught error, and then answers the next one", async () => {
    expect((await talk(`${moody({ mood: "loose" })}\n${box("a")}\n`)).answers).toEqual([
      refused(/^\[protocol\.bug\] .*socket hang up/),
      made,
    ]);
  });

  test("rejects a request without the state that its type requires, and suggests a name for an unknown type", async () => {
    const stateless = moody({ mood: "fine" }).replace('"isStateful":true', '"isStateful":false');
    const unknown = box("a").replace('"box"', '"bax"');
    expect((await talk(`${stateless}\n${unknown}`)).answers).toEqual([
      refused("protocol.state.required"),
      refused('has no resource type "bax".\nHint: Did you mean `box`'),
    ]);
  });
});

describe("stdout", () => {
  test("carries only protocol messages: all other output goes to stderr", async () => {
    // Through pipes, as NixOps4 creates them. `spawn` alone would create sockets.
    const script = '{ "$0" "$1" 2>&3 | sed "s/^/answer: /"; } 3>&1 | cat';
    const child = spawn("sh", ["-c", script, process.execPath, room], { stdio: "pipe" });
    child.stdin.end(moody({ mood: "noisy" }));
    const lines = (await text(child.stdout)).split("\n");
    const stdout = lines
      .filter((line) => line.startsWith("answer: "))
      .join("\n")
      .replace("answer: ", "");
    const stderr = lines.filter((line) => !line.startsWith("answer: ")).join("\n");
    expect(JSON.parse(stdout)).toEqual(fine);
    for (const way of ["console.log", "process.stdout", "descriptor", "a child"])
      expect(stderr).toContain(`noise by ${way}\n`);
  });

  test("closed early: the request is finished, and the process ends without an error", async () => {
    const child = start();
    child.stdout?.destroy();
    child.stdin?.write(`${moody({ mood: "slow", seconds: 0.3 })}\n`);
    const stderr = child.stderr === null ? "" : await text(child.stderr);
    expect(stderr).toMatch(/^unchanged moody slow/);
    expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(0);
  });
});

describe("signals and time limits", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s: answers the current request and does not begin the next one", async (signal, status) => {
    const child = start();
    child.stdin?.write(`${box("a")}\n${moody({ mood: "slow", seconds: 1 })}\n${moody({ mood: "fine" })}\n`);
    // The first outcome shows that the process answers requests. Then the slow request runs.
    if (child.stderr !== null) await once(child.stderr, "data");
    await pause(300);
    child.kill(signal);
    const stdout = child.stdout === null ? "" : await text(child.stdout);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([made, fine]);
    expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(status);
  });

  test("an interrupt between requests ends the process at once", async () => {
    const child = start();
    child.stdin?.write(`${box("a")}\n`);
    if (child.stdout !== null) await once(child.stdout, "data");
    await pause(100);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([null, "SIGINT"]);
  });

  test("answers a request whose time limit expires with the step in progress, and then answers the next one", async () => {
    const { answers } = await talk(`${moody({ mood: "slow", seconds: 4, timeoutSeconds: 1 })}\n${box("a")}\n`);
    expect(answers).toEqual([
      refused(
        /^\[protocol\.timeout\] .*the time limit of 1 s expired while waiting for read moody slow to finish; nothing was written/,
      ),
      made,
    ]);
  });

  test("reports a long wait after 2 s", async () => {
    const { stderr } = await talk(moody({ mood: "slow", seconds: 2.3 }));
    // A busy machine may stop the process for seconds.
    expect(stderr).toMatch(/^still waiting for read moody slow to finish \([2-9] s\)\n/);
  });
});

describe("secrets", () => {
  test("that a backend repeats are removed from errors, stderr and logs", async () => {
    const { answers, stderr } = await talk(moody({ mood: "telling", secret: { env: "CANARY" } }), {
      CANARY: "canary-0xC0FFEE",
      NIXOPS4_RESOURCES_LOG: "debug",
    });
    expect(answers).toEqual([refused(/bad password \[secret\]\.\nHint: Not \[secret\]/)]);
    expect(stderr).toContain("secret resolved");
    expect(stderr).not.toContain("C0FFEE");
  });

  test("a value instead of a reference is rejected, and the error does not repeat it", async () => {
    const { answers } = await talk(moody({ mood: "telling", secret: "canary-0xC0FFEE" }));
    expect(answers).toEqual([
      refused("`secret` must be an object with exactly one of `file`, `env`, `credential`, `command`"),
    ]);
    expect(JSON.stringify(answers)).not.toContain("C0FFEE");
  });
});

const state = (opening: object, events: object[]) => ({
  stateResourceReadResponse: {
    state: {
      _type: "nixopsState",
      resources: { opening: { outputs: null, timeoutSeconds: 300, ...opening }, events },
      deployments: {},
    },
  },
});

const lines = (...requests: object[]): string => requests.map((request) => `${JSON.stringify(request)}\n`).join("");

describe("state stores", () => {
  const inputProperties = { connection: {}, managedBy: "prod", mood: "fine" };
  const resource = { type: "store", inputProperties };
  const applied = { ...resource, outputProperties: { pid: 1 } };
  const event = { event: "create", nixopsVersion: "0.1.0", patch: [{ op: "add", path: "/resources/x", value: {} }] };
  const read = { stateResourceReadRequest: { resource: applied } };
  const append = { stateResourceEvent: { resource: applied, ...event } };
  const writer = { access: "write", outputs: { pid: 1 } };
  const look = (more: object) => ({ stateResourceReadRequest: { resource: { ...resource, ...more } } });
  const done = '{"stateResourceEventResponse":{}}';

  test("stay open for all requests of a run, and are closed at its end", async () => {
    const { answers, stderr } = await talk(lines(read, append, read));
    expect(answers).toEqual([state(writer, []), { stateResourceEventResponse: {} }, state(writer, [event])]);
    expect(stderr).toBe("closed after 1 events\n");
  });

  test("are opened for reading if the request has no outputs of the resource", async () => {
    const inputs = { ...inputProperties, timeoutSeconds: 7 };
    expect((await talk(lines(look({}), look({ inputProperties: inputs, outputProperties: null })))).answers).toEqual([
      state({ access: "read" }, []),
      state({ access: "read", timeoutSeconds: 7 }, []),
    ]);
  });

  test("receive the numbers of a patch as they were written", async () => {
    const patch = '[{"op":"add","path":"/resources/x","value":{"port":1.0,"largest":9223372036854775807}}]';
    const written = JSON.stringify(append).replace(JSON.stringify(event.patch), patch);
    const child = start();
    child.stdin?.end(`${lines(read)}${written}\n${lines(read)}`);
    const [, , answer] = (child.stdout === null ? "" : await text(child.stdout)).split("\n");
    expect(answer).toContain(`"patch":${patch}`);
  });

  test("report a failure like any other request", async () => {
    const broken = { ...applied, inputProperties: { ...inputProperties, mood: "broken" } };
    const { answers, stderr } = await talk(lines({ stateResourceReadRequest: { resource: broken } }));
    expect(answers).toEqual([refused(/^\[moody.telling\] Unable to read store broken: it is broken\.$/)]);
    expect(stderr).toMatch(/^failed store broken \(/);
  });

  test("reject a type that does not store state", async () => {
    const request = { stateResourceReadRequest: { resource: { ...resource, type: "moody" } } };
    expect((await talk(lines(request))).answers).toEqual([refused("do not store NixOps4's state")]);
  });

  test.each([
    ["between events", "fine"],
    ["in an event", "slow"],
  ] as const)(
    "stay open after an interrupt %s, since NixOps4 still records the requests that it finishes",
    async (_when, mood) => {
      const requests = [read, append].map((request) => lines(request).replaceAll('"fine"', `"${mood}"`));
      const [readLine = "", eventLine = ""] = requests;
      const child = start();
      const stdout: string[] = [];
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => stdout.push(chunk));
      const answered = (count: number) =>
        vi.waitFor(() => expect(stdout.join("").split("\n")).toHaveLength(count + 1), { timeout: 5000, interval: 10 });
      child.stdin?.write(readLine);
      await answered(1);
      child.stdin?.write(eventLine);
      if (mood === "fine") await answered(2);
      else await pause(300);
      child.kill("SIGINT");
      await pause(100);
      child.stdin?.end(eventLine);
      expect(await once(child, "exit")).toEqual([0, null]);
      expect(stdout.join("").split("\n").slice(1)).toEqual([done, done, ""]);
    },
  );

  test("end on SIGTERM", async () => {
    const child = start();
    child.stdin?.write(lines(read));
    if (child.stdout !== null) await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
  });
});

test("describe returns the data that the generators need", async () => {
  const { answers } = await talk('{"describeProviderRequest":{}}');
  expect(answers).toMatchObject([
    {
      describeProviderResponse: {
        protocol: "v0",
        provider: { name: "room", version: "1.2.3" },
        extensions: expect.arrayContaining(["destroyResourceRequest", "planResourceRequest"]),
        opentofu: false,
        resourceTypes: {
          box: { bearsMark: true, requireState: false, immutable: { colour: expect.any(String) } },
          moody: { bearsMark: false, requireState: true, storesState: false, secret: ["secret"] },
          store: { storesState: true },
        },
        errors: { "moody.telling": { meaning: "The server repeats a secret." }, "protocol.timeout": {} },
      },
    },
  ]);
});
