export { inputSchema, outputSchema } from "../inputs.ts";
export { generateNix, type DescribedProvider } from "./nix.ts";
export { nixLiteral } from "./nix-text.ts";
