import { join } from "node:path";
import { describeNix, nixJson, nixPath, repository } from "@nixops4-resources/integration-nix/testing";
import { describe, expect, test } from "vitest";

/** The contracts need nothing but `lib`. */
const contractOf = (name: string) => `(import ${nixPath(join(repository, "nix/contracts"))} { inherit lib; }).${name}`;

/** An application and a provider, tied as SelfHostBlocks' manual shows. */
const tied = (name: string, request: unknown, result: unknown) => `
  (lib.evalModules {
    modules = [
      ({ config, ... }: {
        options.app.it = (${contractOf(name)}).mkRequester ${nixJson(request)};
        options.service.it = lib.mkOption {
          type = lib.types.attrsOf (lib.types.submodule {
            options = (${contractOf(name)}).mkProvider {
              resultCfg = ${nixJson(result)};
              settings = lib.mkOption { type = lib.types.str; };
            };
          });
        };
        config.service.it.app = { request = config.app.it.request; settings = "some"; };
        config.app.it.result = config.service.it.app.result;
      })
    ];
  }).config`;

/** The part of an application's options, after one definition. */
const defined = (name: string, part: string, definition: string) => `
  (lib.evalModules {
    modules = [ { options.app = (${contractOf(name)}).mkRequester { }; } { app.${part} = ${definition}; } ];
  }).config.app.${part}`;

/** Each contract with the arguments of an application and of a provider, and with what they do not mention. */
const contracts = {
  account: {
    request: { account: "forum-ldap", group: "forum", password: { owner: "forum" } },
    defaults: { password: { owner: "forum", group: "root", mode: "0400", restartUnits: [] } },
    result: {
      host: "ldap.example.org",
      port: 636,
      tls: true,
      bindDn: "uid=forum-ldap,ou=people,dc=example,dc=org",
      baseDn: "dc=example,dc=org",
      memberFilter: "(memberof=cn=forum,ou=groups,dc=example,dc=org)",
      passwordPath: "/run/secrets/forum-ldap",
    },
  },
  backup: {
    request: { user: "forum", sourceDirectories: ["/var/lib/forum"], beforeBackup: ["stop"] },
    defaults: { excludePatterns: [], hooks: { beforeBackup: ["stop"], afterBackup: [] } },
    result: { restoreScript: "restic-forum", backupService: "restic-forum.service" },
  },
  bucket: {
    request: { name: "forum-media" },
    defaults: {
      website: false,
      cors: [],
      ownerAccess: false,
      secretKey: { owner: "root", group: "root", mode: "0400", restartUnits: [] },
    },
    result: {
      endpoint: "https://s3.example.org",
      region: "garage",
      usePathStyle: true,
      bucketName: "forum-media",
      websiteHost: null,
      accessKeyId: "GK31c2f218a2e44f485b94239e",
      secretKeyPath: "/run/secrets/forum-s3",
    },
  },
  database: {
    request: { name: "forum", owner: "forum" },
    defaults: { extensions: [], password: { owner: "root", group: "root", mode: "0400", restartUnits: [] } },
    result: {
      host: "db.example.org",
      port: 5432,
      name: "forum",
      user: "forum",
      passwordPath: "/run/secrets/forum-database",
      sslmode: "verify-full",
      ca: null,
    },
  },
  databasebackup: {
    request: { user: "postgres", backupCmd: "pg_dump forum", restoreCmd: "psql forum" },
    defaults: { backupName: "dump" },
    result: { restoreScript: "restic-forum", backupService: "restic-forum.service" },
  },
  dns: {
    request: { name: "forum.example.org", type: "A", values: ["192.0.2.1"] },
    defaults: { ttlSeconds: 300 },
    result: { fqdn: "forum.example.org" },
  },
  secret: {
    request: { owner: "forum", restartUnits: ["forum.service"] },
    defaults: { mode: "0400", group: "root" },
    result: { path: "/run/secrets/forum" },
  },
};

await describeNix("the contract", ({ evaluate }) => {
  describe.each(Object.entries(contracts))("%s", (contract, { request, defaults, result }) => {
    test("gives the request to the provider, and the result to the application", async () => {
      const { beforeBackup: _, ...fields }: Record<string, unknown> = request;
      const config = `{ inherit (${tied(contract, request, result)}) app service; }`;
      expect(await evaluate(config)).toEqual({
        app: { it: { request: { ...fields, ...defaults }, result } },
        service: { it: { app: { request: { ...fields, ...defaults }, result, settings: "some" } } },
      });
    });

    test("rejects an argument that is no field, and names the fields", async () => {
      const unknown = evaluate(tied(contract, { ...request, colour: "red" }, result));
      await expect(unknown).rejects.toThrow(/This contract has no field colour\. Its fields: .*\./);
    });
  });

  test.each([
    ["secret", "mode = 400", "app.request.mode"],
    ["secret", "colour = [ ]", "app.request.colour"],
    ["backup", "sourceDirectories = [ ]", "app.request.sourceDirectories"],
    ["databasebackup", "backupCmd = null", "app.request.backupCmd"],
    ["database", 'name = ""', "app.request.name"],
    ["database", 'owner = "forum"', "app.request.name"],
    ["database", 'name = "a"; owner = "b"; password.owner = 1', "app.request.password.owner"],
    ["bucket", 'name = "media"; website = 1', "app.request.website"],
    ["dns", 'name = "a"; values = [ "b" ]; type = "a"', "app.request.type"],
    ["account", 'account = "a"', "app.request.group"],
  ])("%s names the option of a wrong request: %s", async (contract, request, option) => {
    await expect(evaluate(defined(contract, "request", `{ ${request}; }`))).rejects.toThrow(option);
  });

  test.each([
    ["account", "passwordPath"],
    ["bucket", "secretKeyPath"],
    ["database", "passwordPath"],
  ])("%s rejects a secret in the Nix store as its result", async (contract, field) => {
    for (const path of ['"${builtins.storeDir}/secret"', "/etc/secret"]) {
      const result = evaluate(defined(contract, `result.${field}`, path));
      await expect(result).rejects.toThrow(`app.result.${field}' is not of type`);
    }
  });
});
