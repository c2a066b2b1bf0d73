import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-core/testing";
import statePostgres from "./state-postgres.ts";
import { makePerson } from "./testing/people.ts";
import { main, makeUnmarked, prepareStates } from "./testing/states.ts";

const [alice, bob, carol] = [await makePerson(), await makePerson(), await makePerson()];

describePostgres("a state", (server, version) => {
  const schema = "statecontract";
  const want = { name: "prod", schema, identity: { file: alice.file }, recipients: [bob.recipient] };
  const prepare = prepareStates(schema, [alice, bob, carol]);
  testResource(statePostgres, {
    main,
    backend: () => prepare(server()),
    reached: "network",
    ...(version === 15 && {
      notDisturbed: "Its statements are the same on 18, where it is disturbed.",
      oneBrokenConnection: "All are tried on 18, with the same code.",
    }),
    want,
    changed: { recipients: [carol.recipient] },
    notChanged: {
      identity: "only its recipient is compared, as part of `recipients`",
      keyGeneration: "it can only be raised; tested in data-keys.service.test.ts",
      lockTimeoutSeconds: "it affects only a waiting run",
    },
    immutable: { name: "test", schema: "elsewhere" },
    drift: {
      recipients: async (backend) => {
        await backend.run(`update ${schema}.data_key set recipients = array['age1nobody']`);
      },
    },
    makeUnmarked: (backend) => makeUnmarked(backend, schema, want),
  });
});
