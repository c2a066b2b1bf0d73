import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canCompile } from "./compile.ts";
import { launcherOf, Launchers } from "./testing/launched.ts";

/** Checks memory and arithmetic while the launcher runs, so it is slower and not static. */
const sanitizers = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/**
 * A provider that answers each line with `direct`. As a worker it sends what the environment says, as soon as it was greeted,
 * or as soon as it got a line.
 */
const provider = `
  const { readFileSync } = require("fs");
  if (process.argv[2] !== "--worker") {
    for (const line of readFileSync(0, "latin1").split("\\n")) if (line !== "") process.stdout.write("direct\\n");
  } else {
    const hello = Buffer.alloc(9);
    hello.write("H");
    hello.writeUInt32LE(4, 1);
    hello.writeUInt32LE(process.pid, 5);
    const garbage = Buffer.from(process.env.GARBAGE, "hex");
    require("net").createServer({ allowHalfOpen: true }, (socket) => {
      let blocks = 0;
      socket.on("error", () => {}).on("data", () => {
        if (process.env.WHEN === "greeting") return socket.end(garbage);
        if (blocks++ === 0) return socket.write(hello);
        socket.write(garbage);
        if (process.env.WHEN !== "open") socket.end();
      });
    }).listen({ fd: 3 });
    setTimeout(() => process.exit(), process.env.WHEN === "open" ? 60_000 : 5000);
  }`;

/** A frame whose length says what is wanted. */
function frame(kind: string, content: Buffer | string, length = Buffer.from(content).length): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, "latin1");
  head.writeUInt32LE(length >>> 0, 1);
  return Buffer.concat([head, Buffer.from(content)]);
}

describe.skipIf(!canCompile())("a launcher whose worker is broken", () => {
  let folder: string;
  let launchers: Launchers;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "faulty-"));
    const main = join(folder, "main.cjs");
    writeFileSync(main, provider);
    launchers = new Launchers(
      launcherOf("sanitized", { main, flags: sanitizers, macros: { SILENCE_SECONDS: 3 } }),
      main,
    );
  });
  afterAll(() => {
    launchers[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  function run(input: string | Buffer, when: "greeting" | "line" | "open", garbage: Buffer) {
    const { stdout, stderr, status } = launchers.run(input, [], { GARBAGE: garbage.toString("hex"), WHEN: when });
    expect(stderr).not.toMatch(/Sanitizer|runtime error/);
    expect(status, stderr).toBe(0);
    return stdout;
  }

  test.for<[string, Buffer]>([
    ["closes the connection", Buffer.of()],
    ["sends an unknown frame", frame("?", "x")],
    ["sends a frame that is longer than any", frame("A", "x", 0xff_ff_ff_fe)],
    ["ends in the middle of a frame", frame("A", "an answ", 9)],
    ["ends in the middle of a header", Buffer.from("A\u0001")],
    ["says that the process has ended, before the answer", frame("X", "\0")],
    ["greets twice", frame("H", "abcd")],
    ["sends a sign of life with content", frame("B", "x")],
  ])("answers itself if the worker %s", ([, garbage]) => {
    expect(run("one\ntwo\n", "line", garbage)).toBe("direct\ndirect\n");
  });

  test("repeats only what has no answer", () => {
    expect(run("one\ntwo\nthree", "line", frame("A", "first\n"))).toBe("first\ndirect\ndirect\n");
  });

  test("takes no more answers than it has lines", () => {
    const twice = Buffer.concat([frame("A", "first\n"), frame("A", "second\n")]);
    expect(run("one\n", "line", twice)).toBe("first\n");
  });

  test("kills one that is silent after a line", () => {
    expect(run("one\n", "open", Buffer.of())).toBe("direct\n");
  });

  test("survives 60 random workers", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomNumbers(seed);
      const pieces = Array.from({ length: random(6) }, () => {
        const content = Buffer.from(Array.from({ length: random(40) }, () => random(256)));
        const kind = "ABEXH?"[random(6)] ?? "A";
        return random(3) === 0 ? content : frame(kind, content, random(4) === 0 ? random(2 ** 32) : content.length);
      });
      const input = Buffer.from(Array.from({ length: random(300) }, () => (random(8) === 0 ? 10 : random(256))));
      const when = random(3) === 0 ? "greeting" : "line";
      const { stderr, signal } = launchers.run(input, [], {
        GARBAGE: Buffer.concat(pieces).toString("hex"),
        WHEN: when,
      });
      expect(stderr, `seed ${seed}`).not.toMatch(/Sanitizer|runtime error/);
      expect(signal, `seed ${seed}`).toBe(null);
    }
  });
});

/** Numbers below a limit, the same ones for each seed (mulberry32). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
