import { ProviderError } from "@nixops4-resources/protocol-core";
import { toJson, UsageError, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { sql } from "@nixops4-resources/protocol-postgres";
import { LongSession } from "../database/long-session.ts";
import type { ErrorCode } from "../errors.ts";
import { holderOf, describeHolder, type Holder } from "../store/lock.ts";
import { verifyStates } from "../database/trust.ts";
import { Tables } from "../database/tables.ts";
import { expectPositionals, readInputs, requestOf } from "./target.ts";

/**
 * Ends the session that has the lock, if its id is the given one. A writer that is still running takes the lock again,
 * or fails if somebody else has written meanwhile.
 */
export async function unlock(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, []);
  const { holder: id } = given.values;
  if (typeof id !== "string")
    throw new UsageError("Name the session with --holder; the message of state.locked has it");
  const inputs = await readInputs(given);
  const request = requestOf(inputs);
  await using link = await LongSession.openReader(inputs.connection, request);
  // Without the owner's rights only, with which a superuser could not end the session of another.
  await verifyStates(link.session, inputs.schema);
  const [holder] = await link.session.query<Holder>(holderOf(new Tables(inputs.schema), inputs.name));
  if (holder?.id !== id) {
    throw failure(
      holder === undefined
        ? "no session has its lock"
        : `another session has its lock: ${describeHolder(holder)}, ${holder.id}`,
    );
  }
  const [row] = await link.session.query<{ ended: boolean }>(
    sql`select pg_terminate_backend(${holder.pid}, 5000) as ended`,
  );
  if (row?.ended !== true) throw failure(`the session of ${describeHolder(holder)} did not end within 5 s`);
  print(given.values["json"] === true ? toJson({ ended: holder }) : `ended the session of ${describeHolder(holder)}\n`);
  return 0;
}

function failure(reason: string): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, {
    code: "state.unlock",
    hint: "Apply again: the error `state.locked` shows who has the lock, and the id for --holder",
  });
}
