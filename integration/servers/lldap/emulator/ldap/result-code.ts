/** Result codes of RFC 4511. */
export const resultCodes = {
  success: 0,
  operationsError: 1,
  protocolError: 2,
  constraintViolation: 19,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  unwillingToPerform: 53,
  namingViolation: 64,
  other: 80,
} as const;

export type ResultCode = (typeof resultCodes)[keyof typeof resultCodes];

/** An operation that fails with this result. */
export class LdapFailure extends Error {
  override readonly name = "LdapFailure";
  readonly code: ResultCode;

  constructor(code: keyof typeof resultCodes, message: string) {
    super(message);
    this.code = resultCodes[code];
  }
}
