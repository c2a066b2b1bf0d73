import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";

/** The errors of this provider, besides those that every provider has. */
const errors = {
  "example.folder.missing": {
    meaning: "The folder of the connection does not exist.",
    remedy: "Create the folder, or set `connection.folder` to an existing one.",
  },
  "example.folder.denied": {
    meaning: "The user who runs nixops4 cannot read the folder or write in it.",
    remedy: "Grant that user access to the folder, or run nixops4 as another user.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
