import { AlreadyExists, MarkChanged, Secret, type Mark } from "@nixops4-resources/protocol-core";
import { expect, test } from "vitest";
import {
  dropSecret,
  isKept,
  isReleased,
  keepSecret,
  lookAtSecret,
  releaseSecret,
  requireFreeSecret,
  type NewKeptSecret,
} from "../keep.ts";
import { openSecretReader, openSecretWriter, type StorePlace } from "../open-store.ts";
import { newSecret } from "./new-secret.ts";

const ofKey = (id: string, value: string, more: Partial<NewKeptSecret> = {}): NewKeptSecret => ({
  name: "media/s3",
  mark: { managedBy: "shop", type: "key" },
  specification: { garageKey: { name: "media" } },
  public: { accessKeyId: id },
  value: new Secret(value),
  purpose: "a test",
  mayTake: () => false,
  ...more,
});

const mayTake = (mark: Mark | undefined): boolean => mark?.managedBy === "bank";

/** Tests the promises of keep.ts on a store that is empty before each test. */
export function testKeptSecrets(place: () => StorePlace): void {
  const valueNow = async (): Promise<string> => {
    await using store = await openSecretReader(place());
    return (await store.reveal("media/s3", null, "a test")).value.revealText();
  };
  const taken = { code: "secret.store.taken" };

  test("keeps a service's secret once, and another value as the next version", async () => {
    const ref = await keepSecret(place(), ofKey("GK1", "one"));
    expect(ref).toMatchObject({ store: { name: "media/s3", version: 1, id: expect.stringMatching(/^[0-9a-f]{32}$/) } });
    expect(await keepSecret(place(), ofKey("GK1", "one"))).toEqual(ref);
    expect(await keepSecret(place(), ofKey("GK2", "two"))).toMatchObject({ store: { version: 2 } });
    expect(await valueNow()).toBe("two");
    const stored = await lookAtSecret(place(), "media/s3");
    expect(stored && [ofKey("GK1", ""), ofKey("GK2", "")].map((one) => isKept(stored, one))).toEqual([false, true]);
  });

  test("repairs a kept secret that a person changed", async () => {
    await keepSecret(place(), ofKey("GK1", "one"));
    await using store = await openSecretWriter(place());
    await store.addVersion("media/s3", 1, newSecret("media/s3", { value: new Secret("by hand") }));
    await expect(keepSecret(place(), ofKey("GK1", "one"))).rejects.toMatchObject(taken);
    const { specification } = ofKey("", "");
    await store.addVersion("media/s3", 2, newSecret("media/s3", { value: new Secret("by hand"), specification }));
    expect(await keepSecret(place(), ofKey("GK1", "one"))).toMatchObject({ store: { version: 4 } });
    expect(await valueNow()).toBe("one");
  });

  const strangers: Readonly<Record<string, Partial<NewKeptSecret>>> = {
    "another deployment": { mark: { managedBy: "bank", type: "key" } },
    "another type": { mark: { managedBy: "shop", type: "secret" } },
    "another resource": { specification: { garageKey: { name: "other" } } },
  };
  test.each(Object.entries(strangers))("neither replaces nor removes the secret of %s", async (_whose, theirs) => {
    await keepSecret(place(), ofKey("GK1", "one", theirs));
    const ours = ofKey("GK1", "one");
    await expect(keepSecret(place(), ours)).rejects.toMatchObject(taken);
    await expect(requireFreeSecret(place(), ours)).rejects.toMatchObject(taken);
    await expect(requireFreeSecret(place(), ours, () => true)).resolves.toBeUndefined();
    expect(await dropSecret(place(), ours)).toBe(false);
    await releaseSecret(place(), ours);
    expect(await valueNow()).toBe("one");
  });

  test("takes over only a secret that has the same value", async () => {
    await keepSecret(place(), ofKey("GK1", "one", { mark: { managedBy: "bank", type: "key" } }));
    await expect(keepSecret(place(), ofKey("GK2", "two", { mayTake }))).rejects.toMatchObject(taken);
    expect(await keepSecret(place(), ofKey("GK1", "one", { mayTake }))).toMatchObject({ store: { version: 1 } });
    expect(await lookAtSecret(place(), "media/s3")).toMatchObject({ mark: { managedBy: "shop" } });
  });

  test("takes back what it released, and drops what it keeps", async () => {
    const kept = ofKey("GK1", "one");
    const ref = await keepSecret(place(), kept);
    await releaseSecret(place(), kept);
    const released = await lookAtSecret(place(), "media/s3");
    expect(released?.mark).toBeUndefined();
    expect(released && isReleased(released, kept)).toBe(true);
    expect(await dropSecret(place(), kept)).toBe(false);
    expect(await keepSecret(place(), kept)).toEqual(ref);
    expect(await dropSecret(place(), kept)).toBe(true);
    expect(await dropSecret(place(), kept)).toBe(false);
  });

  test("twenty at once keep one version", async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => keepSecret(place(), ofKey("GK1", "one"))));
    const refs = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const reasons: unknown[] = all.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(reasons.filter((one) => !(one instanceof AlreadyExists || one instanceof MarkChanged))).toEqual([]);
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of refs) expect(ref).toMatchObject({ store: { version: 1 } });
  });
}
