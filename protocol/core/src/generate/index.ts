export { generateNix, type DescribedProvider, type DescribedResource } from "./nix.ts";
