import { join } from "node:path";
import { expect, test } from "vitest";
import { describeNix, nixPath, repository } from "@nixops4-resources/integration-nix/testing";

/** A deployment with two files; `outputs` are those that NixOps4 has so far. */
const inputsOf = (member: string, outputs = "{ }") => `
  ((resources.nixops4.lib.mkRoot {
    modules = [
      ({ providers, members, ... }: {
        providers.files = {
          imports = [ resources.modules.nixops4Provider.example ];
          executable = "/files";
          managedBy = "shop";
          connection.folder = "/srv/files";
        };
        providers.elsewhere = {
          imports = [ resources.modules.nixops4Provider.example ];
          executable = "/files";
          connection.folder = members.first.outputs.path;
        };
        members.first = { type = providers.files.file; inputs = { name = "first"; content = ""; }; };
        members.second = {
          type = providers.files.file;
          inputs = { name = "second"; content = ""; managedBy = "forum"; connection.folder = "/srv/forum"; };
        };
        members.third = {
          type = providers.elsewhere.file;
          inputs = { name = "third"; content = ""; managedBy = "shop"; };
        };
        members.nobodys = { type = providers.elsewhere.file; inputs = { name = "nobodys"; content = ""; }; };
      })
    ];
  }).rootFunction {
    resourceProviderSystem = "x86_64-linux";
    outputValues = ${outputs};
  }).members.${member}.resource.inputs`;

await describeNix("settings of a provider", ({ evaluate }) => {
  test("hold for all its resources", async () => {
    expect(await evaluate(inputsOf("first"))).toMatchObject({
      managedBy: "shop",
      connection: { folder: "/srv/files" },
    });
  });

  test("give way to what a resource says itself", async () => {
    expect(await evaluate(inputsOf("second"))).toMatchObject({
      managedBy: "forum",
      connection: { folder: "/srv/forum" },
    });
  });

  test("can come from an output of another member, and only its resources wait for it", async () => {
    const known = '{ first.path = "/srv/files/first"; }';
    expect(await evaluate(inputsOf("third", known))).toMatchObject({ connection: { folder: "/srv/files/first" } });
    await expect(evaluate(inputsOf("third"))).rejects.toThrow(/outputs\.path/);
  });

  test("must name the deployment somewhere", async () => {
    const known = '{ first.path = "/srv"; }';
    await expect(evaluate(inputsOf("nobodys", known))).rejects.toThrow(/nobodys\.inputs\.managedBy/);
  });
});

/** The connection of a record, of which a provider has a choice; `settings` are the provider's, `inputs` the record's. */
const connectionOf = (settings: string, inputs: string) => `
  ((resources.nixops4.lib.mkRoot {
    modules = [
      ({ providers, ... }: {
        providers.dns = { imports = [ resources.modules.nixops4Provider.dns ]; executable = "/dns"; ${settings} };
        members.it = { type = providers.dns.rrset; inputs = { ${inputs} }; };
      })
    ];
  }).rootFunction { resourceProviderSystem = "x86_64-linux"; outputValues = { }; }).members.it.resource.inputs.connection`;

await describeNix("a connection that is a choice", ({ evaluate }) => {
  const update = 'connection.rfc2136 = { host = "ns1"; tsig = { name = "key"; secret.env = "TSIG"; }; };';
  const other = 'connection.rfc2136 = { host = "ns2"; tsig = { name = "key"; secret.env = "TSIG"; }; };';
  test.each([
    ["of the provider", update, "", "ns1"],
    ["of the resource", "", update, "ns1"],
    ["of the resource in place of the provider's", update, other, "ns2"],
  ])("is that %s", async (_, settings, inputs, host) => {
    expect(await evaluate(connectionOf(settings, inputs))).toMatchObject({ rfc2136: { host } });
  });
});

/** The provider of a member, with these settings, from this repository imported with these arguments. */
const providerOf = (settings: string, given: string) => `
  (let resources = import ${nixPath(join(repository, "default.nix"))} ${given}; in (resources.nixops4.lib.mkRoot {
    modules = [
      ({ providers, ... }: {
        providers.files = { imports = [ resources.modules.nixops4Provider.example ]; ${settings} };
        members.it.type = providers.files.file;
      })
    ];
  }).rootFunction { resourceProviderSystem = "aarch64-linux"; outputValues = { }; }).members.it.resource.provider`;

await describeNix("the executable of a provider", ({ evaluate }) => {
  test("is built for the system that the provider runs on", async () => {
    const built = '{ packagesFor = system: { example = "/${system}"; }; }';
    expect(await evaluate(providerOf("", built))).toMatchObject({
      executable: "/aarch64-linux/bin/nixops4-resources-example",
    });
  });

  test("can be one that is there already, and then nothing is built", async () => {
    const unbuilt = '{ packagesFor = throw "this would be built"; }';
    const settings = 'executable = "/bin/node"; args = [ "/srv/main.cjs" ];';
    expect(await evaluate(providerOf(settings, unbuilt))).toEqual({
      type: "stdio",
      executable: "/bin/node",
      args: ["/srv/main.cjs"],
    });
  });

  test("of NixOps4 itself is looked for on PATH, since NixOps4 is there when it is started", async () => {
    const state = `((resources.nixops4.lib.mkRoot {
      modules = [
        ({ providers, ... }: {
          providers.local = resources.nixops4.modules.nixops4Provider.local;
          members.state = { type = providers.local.state_file; inputs.name = "state.json"; };
        })
      ];
    }).rootFunction { resourceProviderSystem = "x86_64-linux"; outputValues = { }; }).members.state.resource`;
    expect(await evaluate(`{ inherit (${state}) provider inputs; }`)).toEqual({
      provider: { type: "stdio", executable: "nixops4-resources-local", args: [] },
      inputs: { name: "state.json" },
    });
  });
});
