import { option } from "@nixops4-resources/protocol-core";
import { connectionChecks, connectionInputs, objectName } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";

export { connect } from "@nixops4-resources/protocol-postgres";

/** Where the server is and who we are there. */
export const connection = z
  .strictObject(
    connectionInputs(option(objectName, "Database that keeps the states; best one of their own.", "postgres")),
  )
  .check(...connectionChecks);
