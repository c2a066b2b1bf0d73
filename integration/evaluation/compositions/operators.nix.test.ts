// What nix/compositions finds wrong before anything is sent. Each case changes the example of flake-free-npins.
import { describeNix } from "@nixops4-resources/integration-nix/testing";
import { describe, expect, test } from "vitest";
import { evaluateOperators, type Evaluated, type Operators } from "./operators.ts";

const changed = (changes: string): string => `lib.recursiveUpdate profile { ${changes} }`;
const quota = (limit: string): string => changed(`tenants.alice.quota.${limit};`);
const without = (path: string): string => `without (lib.splitString "." "${path}") profile`;

/** Mistakes in the blocks of Alice: the module that makes the mistake, and what the error says of it. */
const mistakes: [what: string, module: string, reason: string][] = [
  [
    "a domain outside her zones",
    `{ mastodon.social.domain = "social.bob.example"; }`,
    "Application social: social.bob.example is in none of the operator's zones (alice.example).",
  ],
  [
    "a domain that only ends like a zone of hers",
    `{ mastodon.social.domain = "social.malice.example"; }`,
    "social.malice.example is in none of the operator's zones",
  ],
  [
    "a media host outside her zones",
    `{ mastodon.social.mediaHost = "media.bob.example"; }`,
    "Application social: media.bob.example is in none of the operator's zones",
  ],
  [
    "a machine id outside her range",
    `{ mastodon.social.machine.proxmox = { ipv4 = "192.0.2.11"; vmid = 2000; }; }`,
    "Application social: The id 2000 is outside the operator's range, 1000 to 1999.",
  ],
  [
    "PeerTube with single sign-on",
    `{
      peertube.video = {
        domain = "video.alice.example";
        admin = { name = "alice"; email = "alice@alice.example"; };
        machine.proxmox.ipv4 = "192.0.2.12";
        sso = true;
      };
    }`,
    "Application video: PeerTube logs people in by a directory only with a plugin",
  ],
  [
    "two applications with one domain",
    `{
      pixelfed.photos = {
        domain = "social.alice.example";
        admin = { name = "alice"; email = "alice@alice.example"; };
        machine.proxmox.ipv4 = "192.0.2.13";
      };
    }`,
    "The host name social.alice.example is declared more than once, by photos and social.",
  ],
  [
    "two applications with one media host",
    `{
      pixelfed.photos = {
        domain = "photos.alice.example";
        admin = { name = "alice"; email = "alice@alice.example"; };
        machine.proxmox.ipv4 = "192.0.2.13";
        mediaHost = "media.social.alice.example";
      };
    }`,
    "The host name media.social.alice.example is declared more than once, by photos and social.",
  ],
  [
    "a media host that is the domain of another application",
    `{
      pixelfed.photos = {
        domain = "photos.alice.example";
        admin = { name = "alice"; email = "alice@alice.example"; };
        machine.proxmox.ipv4 = "192.0.2.13";
        mediaHost = "Social.alice.example";
      };
    }`,
    "The host name social.alice.example is declared more than once, by photos and social.",
  ],
  [
    "two machines with one id",
    `{
      pixelfed.photos = {
        domain = "photos.alice.example";
        admin = { name = "alice"; email = "alice@alice.example"; };
        machine.proxmox.ipv4 = "192.0.2.13";
        machine.proxmox.vmid = 1500;
      };
      mastodon.social.machine.proxmox = { ipv4 = "192.0.2.11"; vmid = 1500; };
    }`,
    "The machine id 1500 is declared more than once, by photos and social.",
  ],
  [
    "two machines with one address",
    `{
      pixelfed.photos = {
        domain = "photos.alice.example";
        admin = { name = "alice"; email = "alice@alice.example"; };
        machine.proxmox.ipv4 = "192.0.2.11";
      };
    }`,
    "The machine address 192.0.2.11 is declared more than once, by photos and social.",
  ],
  [
    "a person with the name of an application's account",
    `{
      mastodon.social.sso = true;
      people.alice-social = { email = "alice@alice.example"; displayName = "Alice"; };
    }`,
    "The account in the directory alice-social is declared more than once, by social and people.alice-social.",
  ],
  [
    "two applications with one name",
    `{
      pixelfed.social = {
        domain = "photos.alice.example";
        admin = { name = "alice"; email = "alice@alice.example"; };
        machine.proxmox.ipv4 = "192.0.2.13";
      };
    }`,
    "Several members have the name social.",
  ],
];

/** Mistakes in the host profile: the profile, and what the error says. */
const profiles: [what: string, profile: string, reason: string, alice?: string][] = [
  ["fewer machines than applications", quota("machines = 0"), "machines = 1, and the quota is 0."],
  ["fewer cores", quota("cores = 1"), "All applications together have cores = 2, and the quota is 1."],
  ["less memory", quota("memoryMib = 4095"), "memoryMib = 4096, and the quota is 4095."],
  ["less disk space", quota("diskGib = 39"), "diskGib = 40, and the quota is 39."],
  ["less space for media", quota("mediaGb = 99"), "mediaGb = 100, and the quota is 99."],
  [
    "no cluster for a new machine",
    changed("proxmox = null;"),
    "Application social: The host profile has no `proxmox`, so `machine` must be an `existing` one.",
  ],
  [
    "no directory for single sign-on",
    changed("lldap = null;"),
    "Application social: The host profile has no `lldap`, so `sso` must be false.",
    "{ mastodon.social.sso = true; }",
  ],
  [
    "a zone of another operator",
    changed(`tenants.bob.zones = [ "bob.example" "alice.example" ];`),
    "The zone alice.example is one of operator bob, too.",
  ],
  [
    "a zone within that of another operator",
    changed(`tenants.bob.zones = [ "bob.example" "example" ];`),
    "The zone alice.example is one of operator bob, too.",
  ],
  [
    "machine ids of another operator",
    changed("tenants.bob.vmids.first = 1999;"),
    "Its range of machine ids overlaps that of operator bob.",
  ],
  [
    "an operator whose name begins with hers",
    `profile // { tenants = profile.tenants // {
      alice-two = profile.tenants.bob // { zones = [ "two.example" ]; vmids = { first = 3000; last = 3999; }; };
    }; }`,
    "Its name and that of operator alice-two begin alike, so names of their objects could be equal.",
  ],
  [
    "no operator of the name",
    without("tenants.alice"),
    "Operator alice is not among the tenants of the host profile: bob.",
  ],
];

/** Values of the host profile without a default, besides the connections. */
const declared = `
  garage.webHost proxmox.nodes proxmox.image proxmox.storage proxmox.cloudInitStorage proxmox.gateway4
  proxmox.prefixLength4 proxmox.nameServers proxmox.searchDomain smtp.host smtp.spf smtp.dkim.folder
  ssh.identity ssh.publicKey acme.email tenants.alice.zones tenants.alice.secretStore tenants.alice.state.database
  tenants.alice.state.identity`
  .trim()
  .split(/\s+/);

/** Values that the types of a provider require: the value, the member that cannot be evaluated, and the option. */
const connections: [path: string, member: string, option: string][] = [
  ["postgres.connection.host", "state", "host"],
  ["tenants.alice.credentials.postgres.user", "state", "user"],
  ["garage.connection.url", "social.key", "url"],
  ["tenants.alice.credentials.garage.token", "social.key", "token"],
  ["lldap.connection.url", "social.group", "url"],
  ["lldap.connection.baseDn", "social.group", "baseDn"],
  ["proxmox.connection.url", "social.machine", "url"],
  ["tenants.alice.credentials.proxmox.token", "social.machine", "token"],
  ["smtp.dkim.connection.ssh.host", "social.dkim.file", "host"],
];

const membersOf = (operator: string, ready: readonly string[]): string[] =>
  ready.filter((name) => name.startsWith(`${operator}.`));

await describeNix("an operator", ({ nix }) => {
  const evaluated = (operators: Operators): Promise<Evaluated> => evaluateOperators(nix(), operators);

  test("has members in the first wave of an apply if nothing is wrong", async () => {
    const { ready, errorOf } = await evaluated({});
    expect(ready).toEqual(expect.arrayContaining(["alice.state", "alice.social.key", "bob.state", "bob.social.key"]));
    expect(await errorOf("alice", "social", "key")).toBeUndefined();
  });

  test.each(mistakes)("is rejected as a whole, and no other one, for %s", async (_, alice, reason) => {
    const { ready, errorOf } = await evaluated({ alice });
    expect(membersOf("alice", ready)).toEqual([]);
    expect(membersOf("bob", ready)).not.toEqual([]);
    const error = await errorOf("alice", "social", "key");
    expect(error).toContain("Operator alice");
    expect(error).toContain(reason);
    expect(await errorOf("alice", "state")).toBe(error);
  });

  test("is rejected with all its applications for a mistake in one, also without a state", async () => {
    const alice = `{
      pixelfed.photos = {
        domain = "photos.bob.example";
        admin = { name = "alice"; email = "alice@alice.example"; };
        machine.proxmox.ipv4 = "192.0.2.13";
      };
    }`;
    const { ready, errorOf } = await evaluated({ hostProfile: without("tenants.alice.state"), alice });
    expect(membersOf("alice", ready)).toEqual([]);
    expect(await errorOf("alice", "social", "key")).toContain("Application photos: photos.bob.example is in none");
  });

  test.each(profiles)(
    "is rejected as a whole if the host profile has %s",
    async (_, hostProfile, reason, alice = "{ }") => {
      const { ready, errorOf } = await evaluated({ hostProfile, alice });
      expect(membersOf("alice", ready)).toEqual([]);
      const error = await errorOf("alice", "social", "key");
      expect(error).toContain("Operator alice");
      expect(error).toContain(reason);
    },
  );

  describe("with a host profile that is filled in half", () => {
    test.each(declared)("has no members, and the error names the missing %s", async (path) => {
      const { ready, errorOf } = await evaluated({ hostProfile: without(path) });
      expect(membersOf("alice", ready)).toEqual([]);
      expect(await errorOf("alice", "social", "key")).toContain(`hostProfile.${path}`);
    });

    test.each(connections)("learns the missing %s from the member %s", async (path, member, option) => {
      const alice = "{ mastodon.social.sso = true; }";
      const { ready, errorOf } = await evaluated({ hostProfile: without(path), alice });
      expect(ready).not.toContain(`alice.${member}`);
      const error = await errorOf("alice", ...member.split("."));
      expect(error).toMatch(new RegExp(`inputs[.]connection[.]([a-z]+[.])?${option}. was accessed but has no value`));
    });
  });
});
