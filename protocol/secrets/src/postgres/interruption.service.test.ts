import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { AlreadyExists } from "@nixops4-resources/protocol-core";
import { CallProxy } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import type { SecretWriter } from "../store.ts";
import { newSecret, newValue } from "../testing/index.ts";
import { useVault, type Vault } from "../testing/use-vault.ts";

/** Operations on the secret `kept`, which exists for all but the first. */
const works: Record<string, (store: SecretWriter) => Promise<unknown>> = {
  "creating a secret and its store": (store) =>
    store.create(newSecret("kept")).catch((error: unknown) => {
      if (!(error instanceof AlreadyExists)) throw error;
    }),
  "a rotation": (store) => store.addVersion("kept", 1, newValue({ generation: 2 })),
  "a change": (store) => store.change("kept", { mark: null, graceSeconds: 7 }),
  "a removal": (store) => store.remove("kept"),
};

describePostgres("secrets", (server) => {
  const vault = useVault(server, "vaultcut");

  test.for(Object.entries(works))(
    "finishes %s after a cut before or after any call",
    { timeout: 120_000 },
    async ([what, work]) => {
      const { host, port } = server();
      const prepare = async (): Promise<void> => {
        vault.renew();
        if (!what.startsWith("creating")) await (await vault.writer()).create(newSecret("kept"));
      };
      await prepare();
      await using counting = await CallProxy.start({ host, port });
      await work(await vault.writer(counting.endpoint));
      const done = await finish(vault, work);
      const calls = counting.answered;
      expect(calls.length).toBeGreaterThan(3);
      const last = calls.at(-1) ?? 0;
      for (const [call, when] of [...calls.map((each) => [each, "before"] as const), [last, "after"] as const]) {
        await prepare();
        await using proxy = await CallProxy.start({ host, port }, { call, when, afterwards: "close" });
        const cut = vault.writer(proxy.endpoint).then(work);
        await expect(cut, `${when} call ${call}`).rejects.toMatchObject({ code: "postgres.connection.closed" });
        expect(await finish(vault, work), `${when} call ${call}`).toEqual(done);
        await vault.close();
      }
    },
  );
});

/** Runs the operation undisturbed; returns the result without what differs between runs. */
async function finish(vault: Vault, work: (store: SecretWriter) => Promise<unknown>): Promise<unknown> {
  const store = await vault.writer();
  await work(store);
  const secrets = (await store.list()).map(({ current, previous, ...secret }) => ({
    ...secret,
    versions: [previous, current].map((each) => each && [each.version, each.generation]),
    encryptedTo: secret.encryptedTo.length,
  }));
  const revisions = await vault.run("select distinct name, version, previous from %.secret_revision order by version");
  return { secrets, revisions };
}
