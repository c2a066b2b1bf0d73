import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { CallProxy, decisiveCalls, type Clause, type Contract } from "@nixops4-resources/protocol-core/testing";
import { expect } from "vitest";
import { Trial } from "../trial.ts";

/** Kills the plugin at each call of an apply that leaves the backend in another state, and applies again. */
export const survivesKills: Clause = {
  says: "the next apply completes one whose plugin was killed at any call",
  skips: ({ backend }) => (backend.access.kind === "network" ? undefined : "kills are counted by calls over a network"),
  async check(contract) {
    const { access } = contract.backend;
    if (access.kind !== "network") return;
    using trial = await Trial.begin(contract);
    const calls = await decisiveCalls(contract.backend, access, (connection) => trial.applied({ connection }));
    const end = await contract.backend.snapshot();
    expect(calls.length, "calls to kill at").toBeGreaterThan(1);
    for (const call of calls) {
      await contract.backend.reset();
      trial.project.forget();
      await killAt(contract, trial, call);
      await trial.applied();
      await trial.expectSettled();
      expect(await contract.backend.snapshot(), `the backend after a kill at call ${call}`).toEqual(end);
    }
  },
};

/** Applies until the plugin sends this call, which never reaches the server. */
async function killAt(contract: Contract, trial: Trial, call: number): Promise<void> {
  const { access } = contract.backend;
  if (access.kind !== "network") return;
  let kill: (() => void) | undefined;
  await using proxy = await CallProxy.start(access.endpoint, {
    call,
    when: "before",
    afterwards: "close",
    act: () => kill?.(),
  });
  trial.declare({ connection: access.at(proxy.endpoint) });
  const engine = trial.project.start("apply", "-input=false", "-auto-approve");
  kill = () => {
    for (const plugin of childrenOf(Number(engine.pid))) process.kill(plugin, "SIGKILL");
  };
  const shown: string[] = [];
  for (const stream of [engine.stdout, engine.stderr]) stream.on("data", (chunk) => shown.push(String(chunk)));
  await once(engine, "close");
  expect(engine.exitCode, `the run with a kill at call ${call}`).toBe(1);
  expect(shown.join(""), `what the engine says of a kill at call ${call}`).toMatch(
    /Plugin did not respond|Request cancelled/,
  );
  contract.expectNoSecret({ stdout: shown.join(""), stderr: "", commandLine: null });
}

/** The processes that a process has started. */
function childrenOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).flatMap((task) =>
    readFileSync(`${tasks}/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}
