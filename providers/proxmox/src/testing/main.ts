import { join } from "node:path";

/** The provider's executable. */
export const main = join(import.meta.dirname, "../../dist/main.cjs");
