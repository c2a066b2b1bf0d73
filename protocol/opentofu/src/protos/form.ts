/** The protos as generated.json has them: only what they use of Protocol Buffers. */
export interface Protos {
  readonly messages: Messages;
  readonly services: Record<string, Readonly<Record<string, Method>>>;
}

/** The fields of each message, by its full name. */
export type Messages = Record<string, readonly Field[]>;

export interface Method {
  readonly request: string;
  readonly response: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

export type Scalar = "string" | "bytes" | "bool" | "int64" | "uint32";

/** A field of a scalar type, of an enum or of another message. The keys of maps are strings. */
export type Field = { readonly name: string; readonly id: number; readonly rule: "single" | "repeated" | "map" } & (
  | { readonly scalar: Scalar }
  | { readonly values: Readonly<Record<string, number>> }
  | { readonly message: string }
);
