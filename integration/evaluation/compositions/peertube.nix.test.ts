import { describeNix } from "@nixops4-resources/integration-nix/testing";
import { expect, test } from "vitest";
import { evaluateFragment, type Fragment } from "./fragment.ts";
import { pathsOf, valueAt } from "./values.ts";

await describeNix("PeerTube's NixOS fragment", ({ evaluate }) => {
  const evaluated = (inputs?: string): Promise<Fragment> => evaluateFragment(evaluate, "peertube", inputs);
  const settings = async (inputs?: string): Promise<unknown> =>
    valueAt((await evaluated(inputs)).config, ["services", "peertube", "settings"]);

  test("lists all settings in the table", async () => {
    const { config, table } = await evaluated();
    const paths = pathsOf(valueAt(config, ["services", "peertube", "settings"]) ?? null).map((path) => path.join("."));
    const set = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)));
    expect(table.map(({ setting }) => setting)).toEqual(expect.arrayContaining(set));
  });

  test("sends no ACLs, which Garage does not have", async () => {
    expect(await settings()).toMatchObject({ object_storage: { upload_acl: { public: null, private: null } } });
  });

  test("gives players the host of the media", async () => {
    expect(await settings()).toMatchObject({
      object_storage: {
        web_videos: { bucket_name: "alice-social-videos", base_url: "https://videos.social.alice.example" },
        streaming_playlists: { base_url: "https://playlists.social.alice.example" },
        captions: { base_url: "https://captions.social.alice.example" },
      },
    });
  });

  test("signs addresses of the endpoint for files of one person, which have no public host", async () => {
    const { config } = await evaluated();
    const storage = valueAt(config, ["services", "peertube", "settings", "object_storage"]) ?? null;
    expect(valueAt(storage, ["user_exports"])).toEqual({ bucket_name: "alice-social-userexports" });
    expect(valueAt(storage, ["original_video_files"])).toEqual({ bucket_name: "alice-social-originalfiles" });
  });

  test("does not log the password of the account root", async () => {
    expect(await settings()).toMatchObject({ log: { level: "warn" } });
  });

  test("verifies the database server", async () => {
    expect(await settings()).toMatchObject({ database: { ssl: true, ssl_settings: { reject_unauthorized: true } } });
    const environment = ["systemd", "services", "peertube", "environment"];
    expect(valueAt((await evaluated()).config, environment)).toMatchObject({
      NODE_EXTRA_CA_CERTS: expect.stringContaining("certificate of the database's authority"),
    });
  });

  test("reads the password of the relay from the environment, since nixpkgs would not quote it", async () => {
    const { config, files } = await evaluated();
    expect(valueAt(config, ["systemd", "services", "peertube", "preStart"])).toContain(
      'custom-environment-variables.json: {"smtp":{"password":"PEERTUBE_SMTP_PASSWORD"}}',
    );
    expect(files["peertube.env"]).toMatchObject({
      template: {
        format: "systemdEnvironment",
        text: "AWS_SECRET_ACCESS_KEY={{ objectStorageSecretKey }}\nPEERTUBE_SMTP_PASSWORD={{ smtpPassword }}\nPT_INITIAL_ROOT_PASSWORD={{ adminPassword }}\n",
      },
    });
  });

  test.each([
    ["starttls", { tls: false, disable_starttls: false }],
    ["tls", { tls: true, disable_starttls: false }],
    ["none", { tls: false, disable_starttls: true }],
  ])("encrypts mail as the relay wants it: %s", async (security, expected) => {
    const smtp = `{ smtp = { host = "relay"; port = 25; user = null; security = "${security}"; from = { name = "x"; address = "x@y.example"; }; }; }`;
    expect(await settings(smtp)).toMatchObject({ smtp: { ...expected, username: null } });
  });
});
