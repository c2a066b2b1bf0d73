/** Generation of the admin API: 1 in Garage 1.x, 2 in Garage 2.x. */
export type Generation = 1 | 2;

/** One request, as it goes over the wire. */
export interface Sent {
  readonly method: "DELETE" | "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: unknown;
}

/** A call in both generations of the API. Undefined where a generation does not have it. */
export interface Call {
  /** Name of the endpoint in v2, which is also the scope that a token needs for it. */
  readonly endpoint: string;
  readonly v2: Sent;
  readonly v1: Sent | undefined;
}

type Query = Readonly<Record<string, string>>;

const withQuery = (path: string, query: Query): string => {
  const text = new URLSearchParams(query).toString();
  return text === "" ? path : `${path}?${text}`;
};

/** A call that looks. `v1` is its path in the first generation. */
export const looking = (endpoint: string, query: Query, v1?: string): Call => ({
  endpoint,
  v2: { method: "GET", path: withQuery(`/v2/${endpoint}`, query) },
  v1: v1 === undefined ? undefined : { method: "GET", path: withQuery(v1, query) },
});

/** A call that writes, in the second generation always by POST. */
export const writing = (endpoint: string, query: Query, body: unknown, v1?: Sent): Call => ({
  endpoint,
  v2: { method: "POST", path: withQuery(`/v2/${endpoint}`, query), ...(body !== undefined && { body }) },
  v1,
});

/** The same in the first generation. */
export const v1 = (method: Sent["method"], path: string, query: Query, body?: unknown): Sent => ({
  method,
  path: withQuery(path, query),
  ...(body !== undefined && { body }),
});
