import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { currentSignal, resolveSecret, untilDeadline, type SecretRef } from "@nixops4-resources/protocol-core";
import { readCertificates } from "@nixops4-resources/protocol-tls";
import { failure } from "../admin/failure.ts";
import type { Connection } from "../connection.ts";

/** An S3 key, for the moment of its use. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The certificates in `connection.s3.caFile`; undefined if the well-known authorities are trusted. */
export const authoritiesOf = async ({ s3: { caFile } }: Connection): Promise<string | undefined> =>
  caFile === null ? undefined : await readCertificates(caFile, "connection.s3.caFile");

/**
 * A client of Garage's S3 API, which trusts these authorities.
 * https://garagehq.deuxfleurs.fr/documentation/reference-manual/s3-compatibility/
 */
export const openS3 = ({ s3: { endpoint, region } }: Connection, credentials: Credentials, ca?: string): S3Client =>
  new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    ...(ca !== undefined && { requestHandler: { httpsAgent: { ca } } }),
    // Older versions of Garage know no checksums in trailers.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });

/** A key that the inputs refer to. */
export async function resolveKey(key: { accessKeyId: SecretRef; secretAccessKey: SecretRef }): Promise<Credentials> {
  const [id, secret] = [
    await resolveSecret(key.accessKeyId, "the id of the S3 key"),
    await resolveSecret(key.secretAccessKey, "the secret of the S3 key"),
  ];
  return { accessKeyId: id.revealText(), secretAccessKey: secret.revealText() };
}

/** One call of S3, aborted at the end of the request. Its errors are explained. */
export async function callS3<T>(
  endpoint: string,
  call: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await call({ abortSignal: currentSignal() });
  } catch (error) {
    throw explainS3(endpoint, error);
  }
}

/**
 * Repeats a call until S3 no longer rejects it: each node answers from its own copy, which learns of a new permission a
 * moment later.
 */
export const untilEffective = <T>(
  endpoint: string,
  what: string,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> =>
  untilDeadline(call, {
    what,
    isSafe: (error) => isRefused(error) && !hasWrongSecret(error),
    explain: (error) => explainS3(endpoint, error),
  });

/** Whether S3 denies the key access, or does not know the bucket. */
export const isRefused = (error: unknown): boolean => statusOf(error) === 403 || statusOf(error) === 404;

/** A key keeps its secret, so this does not change. */
const hasWrongSecret = (error: unknown): boolean => error instanceof Error && error.message.includes("signature");

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** S3 reports most mistakes with one text, so the hint names what can be wrong. */
function explainS3(endpoint: string, error: unknown): unknown {
  if (error instanceof S3ServiceException) {
    const status = statusOf(error);
    return failure(
      `${endpoint} answers ${status ?? "without a status"} ${error.name}: ${error.message}`,
      "garage.s3.refused",
      error.name === "RequestTimeTooSkewed" || /date|time/i.test(error.message)
        ? "Set the clock of this machine: S3 rejects requests that are 15 minutes off"
        : "Check the key and its permissions on the bucket, and `connection.s3.endpoint`",
      error,
    );
  }
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  return failure(
    `nothing answers at ${endpoint} (${error.message})`,
    "garage.s3.unreachable",
    "Check that `connection.s3.endpoint` is the S3 API of this cluster, and that it can be reached from here",
    error,
  );
}
