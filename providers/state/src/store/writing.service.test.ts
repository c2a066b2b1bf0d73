import { setTimeout as pause } from "node:timers/promises";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { parseExact } from "@nixops4-resources/protocol-core";
import { CallProxy, type Endpoint } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import { makePerson } from "../testing/people.ts";
import { add, applyState, namesIn, readOnly, Run, type StateInputs } from "../testing/run.ts";
import { startRelay } from "../testing/relay.ts";
import { useStates } from "../testing/state-inputs.ts";

const alice = await makePerson();

describePostgres("a state during writes", (server) => {
  const schema = "statewriting";
  const { backend, inputs } = useStates(schema, server, [alice]);
  const through = (proxy: { endpoint: Endpoint }): StateInputs =>
    inputs({ connection: backend().access.at(proxy.endpoint) });
  const endSessions = () =>
    backend().run(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name like 'nixops4-resources-state %'`,
    );
  const events = async () =>
    (
      await backend().run(`select index, event, nixops_version, actor, application from ${schema}.event order by index`)
    ).map(({ index, event }) => [index, event]);

  test("starts empty, stores each event, and returns the document to the next run and to readers", async () => {
    expect(await applyState(inputs())).toEqual({ outputProperties: { openedBy: [alice.recipient] } });
    const run = new Run(inputs());
    expect(await run.read()).toEqual({ _type: "nixopsState", resources: {}, deployments: {} });
    await run.append(add("db"));
    await run.append([{ op: "replace", path: "/resources/db/type", value: "y" }], "update");
    expect(namesIn(await readOnly(inputs())), "during the run").toEqual(["db"]);
    await run.end();
    const next = new Run(inputs());
    expect(await next.read()).toMatchObject({ resources: { db: { type: "y" } } });
    await next.end();
    expect(await events()).toEqual([
      [0, "init"],
      [1, "create"],
      [2, "update"],
    ]);
  });

  test("allows one run at a time: another is rejected with the holder's name, or waits for its end", async () => {
    await applyState(inputs());
    const first = await Run.open(inputs());
    await first.append(add("first"));
    const second = new Run(inputs({ lockTimeoutSeconds: 1 }));
    await expect(second.read()).rejects.toThrow(
      /^\[state.locked\] Unable to read state postgres prod: \S+@\S+ \(role statewriting_superuser, from 127.0.0.1, pid \d+, since 20..-..-.. ..:..:.. UTC\) is writing to it, and did not finish within 1 s\.\nHint: .* `nixops4-resources-state unlock --holder [0-9a-f]+\.[0-9a-f]+` to end its session/,
    );
    await second.end();
    const patient = new Run(inputs({ lockTimeoutSeconds: 20 }));
    const read = patient.read();
    await first.append(add("last"));
    await first.end();
    expect(namesIn(await read)).toEqual(["first", "last"]);
    await patient.end();
  });

  test("keeps two states in one schema independent", async () => {
    await applyState(inputs());
    await applyState(inputs({ name: "test" }));
    const [prod, other] = [await Run.open(inputs()), await Run.open(inputs({ name: "test" }))];
    await Promise.all([prod.append(add("a")), other.append(add("b"))]);
    await Promise.all([prod.append(add("c")), other.end()]);
    await prod.end();
    expect(namesIn(await readOnly(inputs()))).toEqual(["a", "c"]);
    expect(namesIn(await readOnly(inputs({ name: "test" })))).toEqual(["b"]);
  });

  test("stores nothing of a patch that does not apply, and continues", async () => {
    await applyState(inputs());
    const run = await Run.open(inputs());
    const half = [...add("half"), { op: "remove", path: "/resources/nothing" }];
    await expect(run.append(half)).rejects.toThrow(
      '[state.patch] Unable to write to state postgres prod: the change does not apply to the state: operation 2 of the patch, remove "/resources/nothing": nothing exists at "nothing"; nothing was written',
    );
    await expect(run.append([{ op: "replace", path: "/_type", value: "x" }])).rejects.toThrow("`_type` other than");
    for (const path of ["/resources/db", "/resources", "/deployments/site"]) {
      await expect(run.append([{ op: "add", path, value: 5 }]), path).rejects.toThrow(
        "NixOps4 could not read the result",
      );
    }
    await run.append(add("whole"));
    await run.end();
    expect(namesIn(await readOnly(inputs()))).toEqual(["whole"]);
    expect(await events()).toHaveLength(2);
  });

  test("stores any content exactly: both spellings, nested deployments, odd names, numbers, long text", async () => {
    await applyState(inputs());
    const run = await Run.open(inputs());
    const value = parseExact(
      `{"type":"x","input_properties":{"n":9223372036854775807,"f":1.0},"output_properties":{},"inputProperties":{"__proto__":[null]},"note":"ä\\u0000${"x".repeat(1_000_000)}"}`,
    );
    await run.append(add("constructor", value));
    const web = { type: "y", inputProperties: {}, outputProperties: { url: null } };
    const nested = { resources: { web }, deployments: { deeper: { resources: {}, deployments: {} } } };
    await run.append([{ op: "add", path: "/deployments/site", value: nested }]);
    await run.end();
    const next = new Run(inputs());
    const answer = await next.read();
    expect(answer).toMatchObject({ deployments: { site: nested } });
    const { stdout } = await next.process.finish();
    expect(stdout).toContain(JSON.stringify(value));
  });

  test("loses no answered event if its writer is killed at any call, and the next run continues", async () => {
    await applyState(inputs());
    const answered = new Set<string>();
    let signal: string | null = "SIGKILL";
    for (let call = 1; signal === "SIGKILL"; call++) {
      let run: Run | undefined;
      const act = () => run?.process.kill();
      const disturbance = { call, when: "before", afterwards: "close", act } as const;
      await using proxy = await CallProxy.start(backend().access.endpoint, disturbance);
      run = new Run(through(proxy));
      try {
        await run.read();
        for (const name of [`first${call}`, `second${call}`]) {
          await run.append(add(name));
          answered.add(name);
        }
      } catch {
        // Killed as intended; otherwise missing names below make the test fail.
      }
      ({ signal } = await run.process.finish());
      const next = new Run(inputs({ lockTimeoutSeconds: 10 }));
      const names = new Set(namesIn(await next.read()));
      expect(
        [...answered].filter((name) => !names.has(name)),
        `killed before call ${call}`,
      ).toEqual([]);
      await next.append(add(`next${call}`));
      await next.end();
      answered.add(`next${call}`);
    }
    expect([...answered].filter((name) => name.startsWith("second"))).not.toEqual([]);
  });

  test("continues after a broken connection if nobody else has written", async () => {
    await applyState(inputs());
    const run = await Run.open(inputs());
    await run.append(add("before"));
    await endSessions();
    await run.append(add("after"));
    await run.end();
    expect(namesIn(await readOnly(inputs()))).toEqual(["before", "after"]);
  });

  test("does not store an event twice after its answer was lost", async () => {
    await applyState(inputs());
    await using relay = await startRelay(backend().access.endpoint);
    const run = await Run.open(through(relay));
    relay.atNextAnswer("close");
    await run.append(add("db"));
    await run.append(add("web"));
    await run.end();
    expect(namesIn(await readOnly(inputs()))).toEqual(["db", "web"]);
    expect(await events()).toHaveLength(3);
  });

  test("continues after a silent connection that still has the lock at the server", async () => {
    await applyState(inputs());
    await using relay = await startRelay(backend().access.endpoint);
    const run = await Run.open({ ...through(relay), timeoutSeconds: 2 });
    relay.atNextAnswer("silence");
    await expect(run.append(add("db"))).rejects.toThrow(
      /^\[protocol.timeout\] .*: the time limit of 2 s expired while waiting for write to state postgres prod to finish; whether the write took effect is unknown/,
    );
    await run.append(add("web"));
    await run.end();
    expect(namesIn(await readOnly(inputs()))).toEqual(["db", "web"]);
    expect(await events()).toHaveLength(3);
  });

  test("rejects the next event of a run that was cut off while another took over", async () => {
    await applyState(inputs());
    const cut = await Run.open(inputs());
    await cut.append(add("cut"));
    await endSessions();
    const taker = await Run.open(inputs());
    await expect(cut.append(add("late")), "while the other has the lock").rejects.toThrow("[state.locked]");
    await taker.append(add("taker"));
    await taker.end();
    await expect(cut.append(add("later")), "after the other has written").rejects.toThrow(
      "[state.moved] Unable to write to state postgres prod: another run has written to it since this run read it; nothing was written",
    );
    await cut.end();
    expect(namesIn(await readOnly(inputs()))).toEqual(["cut", "taker"]);
  });

  test("rejects an event that does not follow the head, even with the lock", async () => {
    await applyState(inputs());
    const run = await Run.open(inputs());
    await backend().run(`update ${schema}.state set head_hash = sha256('another')`);
    await expect(run.append(add("db"))).rejects.toThrow("[state.moved]");
    await run.end();
    expect(await events()).toEqual([[0, "init"]]);
  });

  test("stores the event during Ctrl-C, and the events after it", async () => {
    await applyState(inputs());
    const run = await Run.open(inputs());
    run.send(add("during"));
    process.kill(run.process.pid, "SIGINT");
    await run.answer();
    process.kill(run.process.pid, "SIGINT");
    await pause(50);
    await run.append(add("after"));
    const { exitCode } = await run.process.finish();
    expect(exitCode).toBe(0);
    expect(namesIn(await readOnly(inputs()))).toEqual(["during", "after"]);
  });

  test("is read in one round trip with 500 resources, from a snapshot and less than 100 events", async () => {
    await applyState(inputs());
    const run = await Run.open(inputs());
    for (let index = 0; index < 500; index++) run.send(add(`r${index}`));
    for (let index = 0; index < 500; index++) await run.answer();
    await run.end();
    expect(await backend().run(`select index from ${schema}.snapshot order by index`)).toHaveLength(5);
    const callsOf = async (read: (at: StateInputs) => Promise<unknown>): Promise<number> => {
      await using proxy = await CallProxy.start(backend().access.endpoint);
      await read(through(proxy));
      return proxy.answered.length;
    };
    const calls = await callsOf(async (at) => {
      expect(namesIn(await readOnly(at))).toHaveLength(500);
    });
    const callsOfEmpty = await callsOf(async (at) => {
      await expect(readOnly({ ...at, name: "nothing" })).rejects.toThrow("[state.missing]");
    });
    expect(calls).toBe(callsOfEmpty);
  });
});
