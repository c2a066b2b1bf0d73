// The example provider with the fault that $PLANTED_FAULT names, or without any.
import file from "@nixops4-resources/example/src/file.ts";
import { serve } from "@nixops4-resources/protocol-core";
import { faults } from "./planted-faults.ts";

const fault = faults[process.env["PLANTED_FAULT"] ?? ""];

serve({
  name: "example",
  title: "Example",
  description: "Small files in a folder, with a fault.",
  version: "0.0.0",
  types: { file: async () => ({ default: fault?.plant(file) ?? file }) },
  errors: () => import("@nixops4-resources/example/src/errors.ts"),
});
