import { describeNix } from "@nixops4-resources/integration-nix/testing";
import { describe, expect, test } from "vitest";
import { evaluateFragment, expressionOf, type Fragment } from "./fragment.ts";
import { occurrences, pathsOf, textsOf, valueAt } from "./values.ts";

/** Folders of nix/compositions. */
const applications = ["mastodon", "peertube", "pixelfed"];

type Row = Fragment["table"][number];

/** Whether a line of the file gives the variable a value. */
const sets = ({ template }: Fragment["files"][string], variable: string): boolean =>
  new RegExp(`^\\s*${variable}\\s*[=:]`, "m").test(template?.text ?? "");

const placeOf = ({ where }: Row): string => ("file" in where ? `file ${where.file}` : where.join("."));

/** All places that give the setting a value: the wanted one, and the application's own name anywhere. */
function placesOf({ config, files }: Fragment, { setting, where }: Row): string[] {
  const wanted = "file" in where || valueAt(config, where) === undefined ? [] : [where];
  const inModule = [...wanted, ...occurrences(config, setting.split("."))].map((path) => path.join("."));
  const variable = "file" in where ? (where.variable ?? setting) : setting;
  const inFiles = Object.entries(files).filter(([, file]) => sets(file, variable));
  return [...new Set([...inModule, ...inFiles.map(([name]) => `file ${name}`)])];
}

await describeNix("the NixOS fragment", ({ evaluate }) => {
  describe.each(applications)("of %s", (application) => {
    const evaluated = (inputs?: string): Promise<Fragment> => evaluateFragment(evaluate, application, inputs);

    test("has every setting of the table in its place, and nowhere else", async () => {
      const fragment = await evaluated();
      for (const row of fragment.table) expect(placesOf(fragment, row), row.setting).toEqual([placeOf(row)]);
    });

    test("lists every setting once", async () => {
      const settings = (await evaluated()).table.map(({ setting }) => setting);
      expect(settings).toEqual([...new Set(settings)]);
    });

    test("evaluates without a directory, a login at the relay, a title and an authority of the database", async () => {
      const { config } = await evaluated(`{
        ldap = null;
        title = null;
        smtp = { host = "relay"; port = 25; user = null; from = { name = "site"; address = "a@b.example"; }; security = "none"; };
        database = { host = "db"; port = 5432; name = "site"; user = "site"; caCertificate = null; };
      }`);
      expect(config).toHaveProperty(["services", application, "enable"], true);
    });

    test("names the files with secrets, all outside the Nix store, and contains no secret", async () => {
      const { config, files, nixosInputs, refs } = await evaluated();
      const texts = textsOf(config);
      for (const name of Object.keys(files)) {
        expect(
          texts.some((text) => text.includes(`${nixosInputs.secretsFolder}/${name}`)),
          name,
        ).toBe(true);
      }
      const secretOptions = pathsOf(config).filter((path) => /(?:File|Files|LoadCredential)$/.test(path.at(-1) ?? ""));
      for (const path of secretOptions) expect(JSON.stringify(valueAt(config, path))).not.toMatch(/\/nix\/store/);
      expect(JSON.stringify(config)).not.toContain("canary");
      expect(JSON.stringify(Object.values(files).map(({ template }) => template?.text))).not.toContain("canary");
      for (const [name, ref] of Object.entries(refs).filter(([, given]) => given !== null)) {
        expect(JSON.stringify(files), `file with ${name}`).toContain(JSON.stringify(ref));
      }
    });

    test("gives files to root or to the fixed number of the user", async () => {
      const { files, nixosInputs } = await evaluated();
      const { uid, gid } = nixosInputs.user;
      for (const [name, { owner, group }] of Object.entries(files)) {
        expect(["root root", `${String(uid)} ${String(gid)}`], name).toContain(`${owner} ${group}`);
      }
    });

    test("lets all units wait for the secrets and the database", async () => {
      const fragment = await evaluated();
      const wait = `${application}-wait.service`;
      const units = Object.entries(fragment.units).filter(([name]) => `${name}.service` !== wait);
      // PeerTube creates its first administrator itself.
      const firstAdmin = "admin-password" in fragment.files ? [`${application}-first-admin`] : [];
      expect(units.map(([name]) => name)).toEqual(expect.arrayContaining(firstAdmin));
      for (const [name, unit] of units) {
        expect([unit.after.includes(wait), unit.requires.includes(wait)], name).toEqual([true, true]);
      }
      const script = valueAt(fragment.config, ["systemd", "services", `${application}-wait`, "script"]);
      for (const name of Object.keys(fragment.files)) {
        expect(script).toContain(`${fragment.nixosInputs.secretsFolder}/${name}`);
      }
    });

    test("restarts units that wait when a secret changes, except for the first administrator's password", async () => {
      const fragment = await evaluated();
      const names = Object.keys(fragment.units).map((name) => `${name}.service`);
      for (const [name, { restartUnits }] of Object.entries(fragment.files)) {
        expect(names, name).toEqual(expect.arrayContaining([...restartUnits]));
        expect(restartUnits.length > 0, name).toBe(name !== "admin-password");
      }
    });

    test("passes on further settings", async () => {
      const { config } = await evaluated(`{ settings.FURTHER_SETTING = "further"; }`);
      expect(textsOf(config)).toContain("further");
    });

    test("rejects a further setting that the composition needs, by its name", async () => {
      const { table } = await evaluated();
      const settings = `(lib.setAttrByPath (lib.splitString "." row.setting) "mine")`;
      const accepted = await evaluate(`
        let
          fragment = settings: ${expressionOf(application, "{ inherit settings; }")};
          isAccepted = row: (builtins.tryEval (builtins.deepSeq (fragment ${settings}).config true)).success;
        in
        map (row: row.setting) (lib.filter isAccepted (fragment { }).table)`);
      expect(accepted).toEqual([]);
      const [first] = table;
      const set = `{ settings = lib.setAttrByPath (lib.splitString "." "${first?.setting ?? ""}") "mine"; }`;
      await expect(evaluated(set)).rejects.toThrow(
        `[compositions.settings.reserved] Unable to set ${first?.setting ?? ""} of ${application} social`,
      );
    });
  });
});
