// The HTTP example with the fault that $PLANTED_FAULT names, or with none.
import note from "@nixops4-resources/example-http/src/note.ts";
import { serve } from "@nixops4-resources/protocol-core";
import { httpFaults } from "./http-faults.ts";

const fault = httpFaults[process.env["PLANTED_FAULT"] ?? ""];

serve({
  name: "example-http",
  title: "Example HTTP",
  description: "Notes on a small HTTP server, with a fault.",
  version: "0.0.0",
  types: { note: async () => ({ default: fault?.plant(note) ?? note }) },
  errors: () => import("@nixops4-resources/example-http/src/errors.ts"),
});
