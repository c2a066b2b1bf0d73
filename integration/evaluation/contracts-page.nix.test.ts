import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeNix, nixPath, repository } from "@nixops4-resources/integration-nix/testing";
import { expect, test } from "vitest";
import * as z from "zod/mini";

const page = readFileSync(join(repository, "docs/contracts.md"), "utf8");
const [withSelfHostBlocks = "", application = "", deployment = ""] = [...page.matchAll(/```nix\n([\s\S]*?)```/g)].map(
  ([, text]) => text,
);

/** The providers of the examples, which the page does not repeat. */
const providers = `
  ({ lib, ... }: {
    providers = lib.mapAttrs (name: connection: {
      imports = [ resources.modules.nixops4Provider.\${name} ];
      executable = "/it";
      managedBy = "shop";
      inherit connection;
    }) {
      garage = { url = "https://garage"; token.file = "/t"; s3.endpoint = "https://s3"; };
      postgres = { host = "db.example.org"; user = "nixops4"; };
      secrets.store.directory = { folder = "/srv/secrets"; identity.file = "/k"; };
    };
  })`;

/**
 * A host as nixops4-nixos evaluates it, with the options of SelfHostBlocks that the page uses.
 * Sources: https://github.com/nixops4/nixops4-nixos/blob/main/modules/nixops4Resource/nixos.nix
 * https://github.com/ibizaman/selfhostblocks/blob/main/modules/blocks/lldap.nix and restic.nix
 */
const host = `
  {
    members.web = { config, lib, ... }: {
      options.nixos.module = lib.mkOption { type = lib.types.deferredModule; };
      options.nixos.configuration = lib.mkOption { type = lib.types.raw; };
      config.nixos.configuration = lib.evalModules {
        modules = [
          config.nixos.module
          {
            options.shb.lldap.ldapUserPassword = lib.mkOption {
              type = lib.types.submodule {
                options = resources.contracts.secret.mkRequester { owner = "lldap"; restartUnits = [ "lldap.service" ]; };
              };
            };
            options.shb.restic.databases = lib.mkOption {
              type = lib.types.attrsOf (lib.types.submodule {
                options = resources.contracts.databasebackup.mkProvider { resultCfg = { }; };
              });
            };
          }
        ];
      };
    };
  }`;

const evaluated = (modules: readonly string[], outputs: string) => `
  (resources.nixops4.lib.evalRoot {
    specialArgs = { inherit resources; };
    modules = [
      "\${(import ${nixPath(join(repository, "flake-free-npins/npins"))}).nixops4}/nix/component/base-modules.nix"
      ${[providers, ...modules].map((module) => `(${module})`).join("\n")}
    ];
  } { resourceProviderSystem = "x86_64-linux"; outputValues = ${outputs}; }).config`;

await describeNix("the page of contracts", ({ evaluate }) => {
  test("ties SelfHostBlocks' host to members", async () => {
    const outputs = `{
      lldap_password.file.path = "/run/nixops4-secrets/lldap/admin";
      forum_database = {
        password.file.path = "/run/nixops4-secrets/forum/database";
        database.name = "forum";
        role.name = "forum";
        extensions.pg_trgm.version = "1.6";
      };
      forum_backup.passfile.path = "/run/nixops4-secrets/forum/pgpass";
    }`;
    const deployed = await evaluate(`
      let config = ${evaluated([host, withSelfHostBlocks], outputs)}; in {
        inherit (config.members.web.nixos.configuration.config) shb;
        file = { inherit (config.members.lldap_password.members.file.inputs) owner restartUnits; };
      }`);
    expect(deployed).toMatchObject({
      shb: {
        lldap: { ldapUserPassword: { result: { path: "/run/nixops4-secrets/lldap/admin" } } },
        restic: { databases: { forum: { request: { backupCmd: expect.stringContaining("pg_dump") } } } },
      },
      file: { owner: "lldap", restartUnits: ["lldap.service"] },
    });
  });

  test("ties another application to members", async () => {
    const outputs = `{
      database = {
        password.file.path = "/run/nixops4-secrets/forum/database";
        database.name = "forum";
      };
      media = {
        bucket.endpoint = "https://s3.example.org";
        secretKey.path = "/run/nixops4-secrets/forum-media/s3";
      };
    }`;
    const deployed = await evaluate(`
      let config = ${evaluated([application, deployment], outputs)}; in {
        inherit (config.forum) settings;
        inherit (config.members.database.members.role.inputs) connectionLimit;
      }`);
    expect(deployed).toEqual({
      settings: {
        DB_HOST: "db.example.org",
        DB_PASSWORD_FILE: "/run/nixops4-secrets/forum/database",
        S3_ENDPOINT: "https://s3.example.org",
        S3_SECRET_FILE: "/run/nixops4-secrets/forum-media/s3",
      },
      connectionLimit: 50,
    });
  });

  test("has every option of every contract, with its type and default", async () => {
    const options = await evaluate(`
      lib.concatMap (
        contract:
        map (option: {
          inherit (option) type description;
          name = "\${contract}.\${option.name}";
          default = option.default.text or null;
        }) (
          lib.filter (option: lib.length option.loc > 1 && !lib.elem "_module" option.loc) (
            lib.optionAttrSetToDocList
              (lib.evalModules { modules = [ { options = resources.contracts.\${contract}.mkRequester { }; } ]; }).options
          )
        )
      ) (lib.remove "components" (lib.attrNames resources.contracts))`);
    const rows = documented
      .parse(options)
      .filter(({ name }) => !isRepeated.test(name))
      .map(rowOf);
    const written = page
      .split("\n")
      .filter((line) => /^\| `\w+\.(?:request|result)\./.test(line))
      .map(cellsOf);
    expect(written.toSorted(byName)).toEqual(rows.toSorted(byName));
  });
});

const documented = z.array(
  z.object({ name: z.string(), type: z.string(), default: z.nullable(z.string()), description: z.string() }),
);
type Documented = z.infer<typeof documented>[number];

/** Options with options of their own, and the request of a secret within another request. */
const isRepeated = /\.hooks$|\.request\.(?:password|secretKey)\./;

const rowOf = ({ name, type, default: value, description }: Documented): string[] => [
  `\`${name}\``,
  /\.request\.(?:password|secretKey)$/.test(name) ? "as `secret.request`" : type,
  value === null ? "**required**" : `\`${value.replaceAll(/\s+/g, " ")}\``,
  description,
];

const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const byName = ([one = ""]: readonly string[], [other = ""]: readonly string[]) => (one < other ? -1 : 1);
