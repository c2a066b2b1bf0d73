import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";

/** What can go wrong here, beside what can go wrong everywhere. */
const errors = {
  "example.folder.missing": {
    meaning: "The folder of the connection does not exist.",
    remedy: "Make it, or name another one in `connection.folder`.",
  },
  "example.folder.denied": {
    meaning: "The user who runs nixops4 may not read or write in the folder.",
    remedy: "Give that user the right, or run nixops4 as another one.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
