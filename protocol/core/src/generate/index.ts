export { describeProvider } from "../serve/describe.ts";
export { inputSchema, outputSchema } from "../converge/inputs.ts";
export { generateDocs } from "./docs.ts";
export { generateErrorDocs } from "./docs-errors.ts";
export { generateOutcomeDocs } from "./docs-outcomes.ts";
export { exampleInputs, exampleOf } from "./docs-example.ts";
export { generateNix, type DescribedProvider } from "./nix.ts";
export { nixLiteral } from "./nix-text.ts";
