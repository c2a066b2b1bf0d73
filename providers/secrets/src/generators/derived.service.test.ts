import { superuserLogin } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Secret, type SecretRef } from "@nixops4-resources/protocol-core";
import { newSecret } from "@nixops4-resources/protocol-secrets/testing";
import { Client, escapeLiteral } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateGiven as generate } from "../testing/generate.ts";
import { DirectoryBackend } from "../testing/directory-backend.ts";
import { usePrograms } from "../testing/programs.ts";

const { run, file } = usePrograms({ perl: "perl-base", htpasswd: "apache2-utils", argon2: "argon2" });
const password = "correct horse battery staple";
const backend = await DirectoryBackend.make();
afterAll(() => backend[Symbol.asyncDispose]());

const sourceNamed = (name: string): SecretRef => ({ store: { name, ...backend.connection.store } });
const source = sourceNamed("password");
beforeAll(async () => {
  await backend.byHand(async (store) => {
    await store.create(newSecret("password", { value: new Secret(password) }));
    await store.create(newSecret("long", { value: new Secret("x".repeat(73)) }));
  });
});

test("gives a bcrypt hash that the C library's crypt accepts", async () => {
  const { value, public: parts } = await generate({ bcrypt: { source, cost: 5 } });
  expect(value).toMatch(/^\$2b\$05\$/);
  const crypt = "my ($password, $hash) = <STDIN>; chomp($password, $hash); print crypt($password, $hash)";
  expect(run("perl", ["-e", crypt], `${password}\n${value}\n`)).toBe(value);
  expect(run("perl", ["-e", crypt], `another\n${value}\n`)).not.toBe(value);
  expect(parts).toEqual({});
});

test("gives an htpasswd line that htpasswd verifies", async () => {
  const { value } = await generate({ htpasswd: { source, user: "admin", cost: 5 } });
  const path = file(`${value}\n`);
  expect(() => run("htpasswd", ["-v", "-i", path, "admin"], password)).not.toThrow();
  expect(() => run("htpasswd", ["-v", "-i", path, "admin"], "another")).toThrow(/password verification failed/);
  expect(() => run("htpasswd", ["-v", "-i", path, "root"], password)).toThrow(/not found/);
});

test("rejects a source that bcrypt would truncate", async () => {
  await expect(generate({ bcrypt: { source: sourceNamed("long"), cost: 5 } })).rejects.toMatchObject({
    code: "secrets.source.long",
  });
});

test("uses a new salt for each argon2id hash", async () => {
  const settings = { memoryKibibytes: 1024, passes: 2, parallelism: 1 };
  const [one, other] = [
    await generate({ argon2id: { source, ...settings } }),
    await generate({ argon2id: { source, ...settings } }),
  ];
  expect(one.value).toMatch(/^\$argon2id\$v=19\$m=1024,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one.value.split("$")[4]).not.toBe(other.value.split("$")[4]);
});

test("stores the origin of a value, but not the reference to its source", async () => {
  const { specification } = await generate({ bcrypt: { source, cost: 5 } });
  expect(specification).toEqual({
    bcrypt: { cost: 5, source: { name: "password", version: 1, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) } },
  });
});

describePostgres("a SCRAM verifier", (server) => {
  test("accepts the password of its source, and no other", async () => {
    const { value } = await generate({ scramSha256: { source } });
    const login = await superuserLogin(server());
    const admin = new Client(login);
    await admin.connect();
    try {
      await admin.query(`create role derived_scram login password ${escapeLiteral(value)}`);
      const user = { ...login, user: "derived_scram" };
      await expect(canLogIn({ ...user, password })).resolves.toBe("derived_scram");
      await expect(canLogIn({ ...user, password: "another" })).rejects.toMatchObject({ code: "28P01" });
    } finally {
      await admin.query("drop role if exists derived_scram");
      await admin.end();
    }
  });
});

async function canLogIn(login: object): Promise<unknown> {
  const client = new Client({ ...login, database: "postgres" });
  await client.connect();
  const { rows } = await client.query<{ user: string }>('select current_user as "user"');
  await client.end();
  return rows[0]?.user;
}
