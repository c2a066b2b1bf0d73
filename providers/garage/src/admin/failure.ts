import { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import type { Answer } from "@nixops4-resources/protocol-http";
import type { Connection } from "../connection.ts";
import type { ErrorCode } from "../errors.ts";
import { apiError, type ApiError } from "./shapes.ts";

export const failure = (reason: string, code: ErrorCode, hint: string, cause?: unknown): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(reason, { code, hint, cause });

/** Garage's own error in an answer; undefined if something else answered. */
export function errorIn(answer: Answer): ApiError | undefined {
  const { success, data } = apiError.safeParse(answer.tryJson());
  return success ? data : undefined;
}

/** Whether Garage itself says that the thing does not exist: a proxy or a wrong path answers 404, too. */
export const isMissing = (answer: Answer): boolean =>
  answer.status === 404 &&
  ["NoSuchBucket", "NoSuchAccessKey", "NoSuchAdminToken"].includes(errorIn(answer)?.code ?? "");

/** Why Garage refused a request. A refused login is told apart elsewhere. */
export function refusal(answer: Answer): ProviderError {
  const { asked, status } = answer;
  const error = errorIn(answer);
  // A proxy in between reports a node that is down in its own words.
  if (error === undefined && status < 500) return notGarage(answer);
  // Garage repeats the status in its message.
  const words =
    error === undefined ? "" : `: ${safeText(error.message.replace(/^(Bad request|Internal error): /, ""))}`;
  const call = `${asked.url} answers ${asked.path.replace(/\?.*$/, "")} with ${status}${words}`;
  if (error?.code === "NoSuchAccessKey") return failure(call, "garage.key.missing", createFirst("key", "id"));
  if (error?.code === "NoSuchBucket") return failure(call, "garage.bucket.missing", createFirst("bucket", "name"));
  if (status < 500) return failure(call, "garage.request.refused", "Change the inputs that the message names");
  const outcome = asked.writes ? "; it is unknown whether the write took effect" : "";
  return failure(
    `${call}${outcome}`,
    "garage.server.failed",
    "Check `garage status` and the server's log, then apply again: the provider looks first",
  );
}

const createFirst = (what: string, by: string): string =>
  `Create the ${what} first, and take its ${by} from the outputs of that resource`;

export const bucketMissing = (name: string): ProviderError =>
  failure(`the bucket ${name} does not exist`, "garage.bucket.missing", createFirst("bucket", "name"));

/** Garage keeps at least one name of each bucket, global or local. */
export const lastName = (alias: string): ProviderError =>
  failure(
    `${alias} is the last name of the bucket, which Garage does not remove`,
    "garage.alias.last",
    "Give the bucket another name with `garage bucket alias`, or delete the bucket",
  );

export const notGarage = ({ asked: { url }, status }: Answer): ProviderError =>
  failure(
    `${url} is not Garage's admin API: it answers with status ${status}`,
    "garage.api.unexpected",
    "Set `connection.url` to the address of `[admin]` in Garage's configuration",
  );

/** Rejects a region that the server does not have: S3 clients would get errors that look like a wrong key. */
export function requireRegion({ url, s3 }: Connection, { region }: ApiError): void {
  if (region === s3.region) return;
  throw failure(
    `${url} has the region ${safeText(JSON.stringify(region))}, not ${JSON.stringify(s3.region)}`,
    "garage.region.wrong",
    `Set \`connection.s3.region = ${safeText(JSON.stringify(region))}\``,
  );
}
