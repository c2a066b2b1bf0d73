import { describeNix } from "@nixops4-resources/integration-nix/testing";
import { expect, test } from "vitest";
import { evaluateFragment, type Fragment } from "./fragment.ts";
import { valueAt } from "./values.ts";

await describeNix("Mastodon's NixOS fragment", ({ evaluate }) => {
  const evaluated = (inputs?: string): Promise<Fragment> => evaluateFragment(evaluate, "mastodon", inputs);
  const mastodonOf = async (inputs?: string): Promise<unknown> =>
    valueAt((await evaluated(inputs)).config, ["services", "mastodon"]);

  test("lists all variables in the table", async () => {
    const { config, table } = await evaluated();
    const variables = Object.keys(valueAt(config, ["services", "mastodon", "extraConfig"]) ?? {});
    expect(table.map(({ setting }) => setting)).toEqual(expect.arrayContaining(variables));
  });

  test("serves media from the bucket's host without a path, and sets no ACL", async () => {
    expect(await mastodonOf()).toMatchObject({
      extraConfig: {
        S3_ENABLED: "true",
        S3_BUCKET: "alice-social-media",
        S3_ENDPOINT: "https://s3.host.example",
        S3_PROTOCOL: "https",
        S3_HOSTNAME: "media.social.alice.example",
        S3_ALIAS_HOST: "media.social.alice.example",
        S3_PERMISSION: "",
      },
    });
  });

  test("verifies the database server, by the given authority or by the well-known ones", async () => {
    expect(await mastodonOf()).toMatchObject(
      verified(expect.stringContaining("certificate of the database's authority")),
    );
    const known = `{ database = { host = "db.host.example"; port = 5432; name = "a"; user = "a"; caCertificate = null; }; }`;
    expect(await mastodonOf(known)).toMatchObject(verified("/etc/ssl/certs/ca-certificates.crt"));
  });

  test("has one streaming process less than cores, but at least one", async () => {
    expect(await mastodonOf(cores(4))).toMatchObject({ streamingProcesses: 3 });
    expect(await mastodonOf(cores(1))).toMatchObject({ streamingProcesses: 1 });
  });

  test("lets everything wait that nixpkgs starts, and what the composition adds", async () => {
    const { units } = await evaluated();
    expect(Object.keys(units)).toEqual([
      "mastodon-first-admin",
      "mastodon-init-db",
      "mastodon-init-dirs",
      "mastodon-media-auto-remove",
      "mastodon-sidekiq-all",
      "mastodon-site",
      "mastodon-streaming-1",
      "mastodon-streaming-2",
      "mastodon-streaming-3",
      "mastodon-wait",
      "mastodon-web",
    ]);
  });

  test("restarts all processes that read the secrets", async () => {
    const { files } = await evaluated();
    const processes = ["web", "sidekiq-all", "streaming-1", "streaming-2", "streaming-3"];
    for (const name of ["database-password", "secret-key-base", "mastodon.env"]) {
      expect(files[name]?.restartUnits, name).toEqual(processes.map((process) => `mastodon-${process}.service`));
    }
  });

  test.each([
    ["starttls", { SMTP_TLS: "false", SMTP_ENABLE_STARTTLS: "always" }],
    ["tls", { SMTP_TLS: "true", SMTP_ENABLE_STARTTLS: "never" }],
    ["none", { SMTP_TLS: "false", SMTP_ENABLE_STARTTLS: "never" }],
  ])("speaks to a relay with the security %s", async (security, variables) => {
    expect(await mastodonOf(relay(security, "Site"))).toMatchObject({ extraConfig: variables });
  });

  test("leaves out a sender's name that breaks Mastodon's configuration file", async () => {
    expect(await mastodonOf(relay("tls", "Site"))).toMatchObject({ smtp: { fromAddress: "Site <no@reply.example>" } });
    expect(await mastodonOf(relay("tls", "Site: news"))).toMatchObject({ smtp: { fromAddress: "no@reply.example" } });
  });

  test("delivers the search filter as the directory's provider gives it, and only with a directory", async () => {
    const { files, nixosInputs } = await evaluated();
    expect(files["mastodon.env"]?.template?.text.split("\n")).toContain(
      `LDAP_SEARCH_FILTER='${nixosInputs.ldap?.searchFilter ?? ""}'`,
    );
    const without = await evaluated("{ ldap = null; }");
    expect(JSON.stringify([without.files, without.config])).not.toContain("LDAP_");
  });

  test("gives the first administrator's password to the application as a file only", async () => {
    const { config, nixosInputs } = await evaluated();
    expect(valueAt(config, ["systemd", "services", "mastodon-first-admin"])).toMatchObject({
      script: expect.stringMatching(/^rails runner \S+-first-admin\.rb$/),
      environment: { ADMIN_NAME: "alice", ADMIN_EMAIL: "alice@alice.example" },
      serviceConfig: { LoadCredential: [`password:${nixosInputs.secretsFolder}/admin-password`] },
    });
  });

  test("applies registrations and the title to the running site, past systemd's specifiers", async () => {
    const { config } = await evaluated(`{ registrations = true; title = "100%social"; }`);
    expect(valueAt(config, ["systemd", "services", "mastodon-site"])).toMatchObject({
      environment: { OPEN_REGISTRATIONS: "true", SITE_TITLE: "100%%social" },
    });
  });
});

const relay = (security: string, name: string): string => `{
  smtp = { host = "relay"; port = 25; user = null; security = "${security}"; from = { name = "${name}"; address = "no@reply.example"; }; };
}`;

const verified = (authority: unknown): object => ({
  database: { createLocally: false, host: "db.host.example" },
  extraConfig: {
    DB_SSLMODE: "verify-full",
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: authority,
    NODE_EXTRA_CA_CERTS: authority,
  },
});

const cores = (number: number): string => `{ size = { cores = ${String(number)}; memoryMib = 4096; diskGib = 40; }; }`;
