import { join } from "node:path";
import { testResource } from "@nixops4-resources/protocol-core/testing";
import file from "./file.ts";
import { FolderBackend } from "./testing/folder-backend.ts";

// All that every resource promises, tried on the bundled executable against a real backend. What is special about a
// resource is tested below it.
testResource(file, {
  main: join(import.meta.dirname, "../dist/main.cjs"),
  backend: () => FolderBackend.make(),
  reached: "files",
  want: { name: "motd", content: "Welcome.\n", key: { env: "EXAMPLE_KEY" } },
  changed: { content: "Good bye.\n", mode: "0600", key: { env: "EXAMPLE_OTHER_KEY" } },
  immutable: { name: "issue" },
  secretVariables: ["EXAMPLE_KEY", "EXAMPLE_OTHER_KEY"],
  drift: {
    content: (folder) => folder.write("motd", (text) => text.replace("Welcome", "Go away")),
    mode: (folder) => folder.chmod("motd", 0o666),
    key: (folder) => folder.write("motd", (text) => text.replace(/^hmac-sha256: .*$/m, "hmac-sha256: 0")),
  },
  makeUnmarked: (folder) => folder.write("motd", () => "Made by hand.\n"),
});
