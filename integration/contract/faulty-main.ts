// The example provider with the fault that $PLANTED_FAULT names, or with none.
import file from "@nixops4-resources/example/src/file.ts";
import { serve } from "@nixops4-resources/protocol-core";
import { onPrograms } from "./on-programs.ts";
import { commonFaults } from "./planted-faults.ts";
import { overtakenFaults } from "./overtaken-faults.ts";
import { rarelyTriedFaults } from "./rarely-tried-faults.ts";

const faults = { ...commonFaults, ...rarelyTriedFaults, ...overtakenFaults };
const fault = faults[process.env["PLANTED_FAULT"] ?? ""];
const sound = process.env["ON_PROGRAMS"] === undefined ? file : onPrograms(file);

serve({
  name: "example",
  title: "Example",
  description: "Small files in a folder, with a fault.",
  version: "0.0.0",
  types: { file: async () => ({ default: fault?.plant(sound) ?? sound }) },
  errors: () => import("@nixops4-resources/example/src/errors.ts"),
});
