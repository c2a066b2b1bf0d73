import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { makeSecretFile } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { makePerson } from "../testing/people.ts";
import { add, applyState, destroyState, namesIn, readOnly, Run } from "../testing/run.ts";
import { useStates } from "../testing/state-inputs.ts";

const [alice, bob, carol] = [await makePerson(), await makePerson(), await makePerson()];
// One file with the keys of two, as somebody has it who changes from one to the other.
const both = makeSecretFile(`# old\n${alice.value}\n# new\n${carol.value}`);

describePostgres("the data keys of a state", (server) => {
  const schema = "statekeys";
  const { backend, inputs } = useStates(schema, server, [alice, bob, carol]);
  const as = (file: string, recipients: string[], more: object = {}) =>
    inputs({ identity: { file }, recipients, ...more });
  const append = async (name: string, file: string): Promise<void> => {
    const run = await Run.open(as(file, []));
    await run.append(add(name));
    await run.end();
  };
  const keys = () =>
    backend().run(
      `select number, generation, cardinality(recipients) as recipients from ${schema}.data_key order by number`,
    );
  const events = () => backend().run(`select data_key, sealed from ${schema}.event order by index`);

  test("open to all recipients; where the identity of one is lost, another puts a new one in its place", async () => {
    await applyState(as(alice.file, [bob.recipient]));
    await append("db", alice.file);
    const before = await events();
    // Alice's machine is gone. Bob, from his, lets Carol in and Alice out.
    const { outputProperties } = await applyState(as(bob.file, [carol.recipient]));
    expect(outputProperties).toEqual({ openedBy: [bob.recipient, carol.recipient].sort() });
    expect(await events(), "events are not written anew").toEqual(before);
    await append("web", carol.file);
    expect(namesIn(await readOnly(as(carol.file, [])))).toEqual(["db", "web"]);
    await expect(readOnly(as(alice.file, []))).rejects.toThrow("[secret.identity.mismatch]");
    expect(await keys(), "what is written from now on has a key that she never had").toEqual([
      { number: 1, generation: 1, recipients: 2 },
      { number: 2, generation: 1, recipients: 2 },
    ]);
    expect((await events()).map((event) => event["data_key"])).toEqual([1, 1, 2]);
  });

  test("stay when somebody is added, who can read all that was written before", async () => {
    await applyState(as(alice.file, []));
    await append("db", alice.file);
    await applyState(as(alice.file, [bob.recipient]));
    expect(await keys()).toEqual([{ number: 1, generation: 1, recipients: 2 }]);
    expect(namesIn(await readOnly(as(bob.file, [])))).toEqual(["db"]);
  });

  test("are followed by a new one when `keyGeneration` is raised, and it never goes back", async () => {
    await applyState(inputs());
    await append("db", alice.file);
    await applyState(inputs({ keyGeneration: 5 }));
    await append("web", alice.file);
    expect((await events()).map((event) => event["data_key"])).toEqual([1, 1, 2]);
    expect(namesIn(await readOnly(inputs()))).toEqual(["db", "web"]);
    await expect(applyState(inputs({ keyGeneration: 4 }))).rejects.toThrow(
      /^\[state.key.generation\] Unable to update state postgres prod: its data key is of generation 5, and there is no way back\.\nHint: Set `keyGeneration` to 5/,
    );
    expect(await keys()).toHaveLength(2);
  });

  test("do not open to who has lost his identity, whatever he asks for; the state can still be destroyed on demand", async () => {
    await applyState(as(alice.file, []));
    await expect(applyState(as(bob.file, []))).rejects.toThrow(
      `[secret.identity.mismatch] Unable to update state postgres prod: it is encrypted to ${alice.recipient}, and not to this identity.`,
    );
    await expect(destroyState(as(bob.file, []))).rejects.toThrow("[secret.identity.mismatch]");
    expect(await destroyState(as(bob.file, [], { deletion: "delete" }))).toEqual({});
  });

  test("are opened by an identity file of several keys", async () => {
    await applyState(as(alice.file, []));
    await append("db", both.file);
    await applyState(as(both.file, []));
    expect(namesIn(await readOnly(as(carol.file, [])))).toEqual(["db"]);
  });
});
