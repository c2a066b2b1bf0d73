import { join } from "node:path";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-core/testing";
import { describe } from "vitest";
import note from "./note.ts";
import { NotesBackend } from "./testing/backend.ts";
import { startReplica, startServer } from "./testing/server.ts";

// The promises of every resource, tested on the bundled executable against a real server.
describe("over HTTP", () => {
  const server = serverOf(startServer);
  const replica = serverOf(() => startReplica(server()));
  testResource(note, {
    main: join(import.meta.dirname, "../dist/main.cjs"),
    backend: async () => new NotesBackend(server()),
    reached: "network",
    standby: async (notes) => notes.standbyAt(replica().port),
    want: { name: "motd", text: "Welcome.\n", password: { env: "EXAMPLE_HTTP_PASSWORD" } },
    changed: { text: "Good bye.\n", password: { env: "EXAMPLE_HTTP_OTHER_PASSWORD" } },
    immutable: { name: "issue" },
    secretVariables: ["EXAMPLE_HTTP_PASSWORD", "EXAMPLE_HTTP_OTHER_PASSWORD"],
    drift: {
      text: (notes) => notes.call("PATCH", "/notes/motd", { text: "Go away.\n" }),
      password: (notes) => notes.call("PATCH", "/notes/motd", { password: "known to everybody" }),
    },
    makeUnmarked: (notes) => notes.call("PUT", "/notes/motd", { text: "Made by hand.\n" }),
  });
});
