import { describeNix, nixJson } from "@nixops4-resources/integration-nix/testing";
import { expect, test } from "vitest";

const secrets = { store: { directory: { folder: "/srv/secrets", identity: { file: "/k" } } } };

/** What an application learns about the server from the connection of a provider and from the settings of the component. */
const addressOf = (component: string, backend: string, connection: unknown, request: unknown, settings: unknown) => `
  (let
    root = resources.nixops4.lib.mkRoot {
      modules = [
        ({ lib, members, providers, ... }: {
          providers = lib.mapAttrs (name: connection: {
            imports = [ resources.modules.nixops4Provider.\${name} ];
            executable = "/it";
            managedBy = "shop";
            inherit connection;
          }) ({ example.folder = "/x"; } // ${nixJson({ secrets, [backend]: connection })});
          members.it = {
            imports = [ (resources.contracts.components.${component} { inherit (providers) secrets ${backend}; }) ];
            request = ${nixJson(request)};
            settings = ${nixJson(settings)};
          };
          members.reader = {
            type = providers.example.file;
            inputs.name = "address";
            inputs.content = builtins.toJSON (
              builtins.intersectAttrs { host = null; port = null; sslmode = null; ca = null; tls = null; } members.it.result
            );
          };
        })
      ];
    };
    outputs = { resourceProviderSystem = "x86_64-linux"; outputValues = { }; };
  in
  builtins.fromJSON (root.rootFunction outputs).members.reader.resource.inputs.content)`;

await describeNix("the address in the result of", ({ evaluate }) => {
  test.each([
    [{ host: "db.example.org" }, {}, { host: "db.example.org", port: 5432, sslmode: "verify-full" }],
    [{ host: "127.0.0.1", port: 5433 }, {}, { host: "127.0.0.1", port: 5433, sslmode: "disable" }],
    [{ host: "localhost", ca: "/ca.pem" }, {}, { host: "localhost", sslmode: "verify-full" }],
    [{ host: "/run/postgresql", sslmode: "require" }, {}, { host: "/run/postgresql", sslmode: "disable" }],
    [{ host: "db.example.org", sslmode: "require" }, {}, { sslmode: "require", ca: null }],
    [{ host: "127.0.0.1" }, { host: "db.example.org" }, { host: "db.example.org", sslmode: "verify-full" }],
    [{ host: "127.0.0.1" }, { sslmode: "verify-ca", ca: "/ca.pem" }, { sslmode: "verify-ca", ca: "/ca.pem" }],
  ])("database is the provider's, unless the settings say otherwise: %j %j", async (connection, settings, address) => {
    const request = { name: "forum", owner: "forum" };
    const given = { user: "nixops4", ...connection };
    expect(await evaluate(addressOf("database", "postgres", given, request, settings))).toMatchObject(address);
  });

  test.each([
    ["ldaps://ldap.example.org:6360", {}, { host: "ldap.example.org", port: 6360, tls: true }],
    ["ldaps://ldap.example.org", {}, { host: "ldap.example.org", port: 636, tls: true }],
    ["ldap://[::1]", {}, { host: "::1", port: 389, tls: false }],
    ["ldap://127.0.0.1:3890", { url: "ldaps://ldap:6360" }, { host: "ldap", port: 6360, tls: true }],
  ])("account is the provider's, unless the settings say otherwise: %s %j", async (url, settings, address) => {
    const request = { account: "forum-ldap", group: "forum" };
    const connection = { url: "https://ldap", password: { file: "/p" }, baseDn: "dc=example,dc=org", ldap: { url } };
    expect(await evaluate(addressOf("account", "lldap", connection, request, settings))).toEqual(address);
  });
});
