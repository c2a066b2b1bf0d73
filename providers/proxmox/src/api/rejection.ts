import type { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import type { Answer } from "@nixops4-resources/protocol-http";
import * as z from "zod/mini";
import { failure, notProxmox, Rejected, tokenRefused, type Rejection } from "./failure.ts";
import { isText, named, nothing } from "./values.ts";

/** Our names of Proxmox's parameters: `{ privs: "privileges" }`. */
export type InputNames = Readonly<Record<string, string>>;

/** The body of an error. PVE 8 and older often send `{"data":null}` only: the words are then in the reason phrase. */
const errorBody = z.object({
  data: z.optional(nothing),
  message: z.optional(z.string()),
  errors: z.optional(named(isText)),
});

/** What Proxmox says in an answer that is no success; undefined if something else answered. */
export function rejectionIn(answer: Answer): Rejection | undefined {
  const { status, reason } = answer;
  const { success, data: body } = errorBody.safeParse(answer.tryJson());
  if (!success || (body.data === undefined && body.message === undefined)) return undefined;
  const words = oneLine(body.message ?? "") || oneLine(reason);
  return { status, words, parameters: body.errors ?? {} };
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, " ");

/** Why a request had no success. */
export function refusal(answer: Answer, names: InputNames = {}): ProviderError {
  const { status, asked, reason } = answer;
  if (status === 401) return tokenRefused(answer);
  if ([595, 596, 599].includes(status)) return unreachable(answer);
  // Proxmox sends some rejections of rights without a body.
  const isBare = status === 403 && answer.bytes.length === 0 && reason.startsWith("Permission check failed");
  const rejection = isBare ? { status, words: reason, parameters: {} } : rejectionIn(answer);
  if (rejection === undefined) return status >= 500 ? failed(answer) : notProxmox(answer);
  const { words, parameters } = rejection;
  const call = `${asked.url} answers ${asked.method} ${shown(asked.path)} with ${status}`;
  if (status === 403)
    return new Rejected(`${call} ${safeText(words)}`, rejection, "proxmox.permission.denied", rightHint(words));
  const wrong = Object.entries(parameters).map(([name, text]) => `\`${names[name] ?? name}\`: ${parameterText(text)}`);
  return new Rejected(
    `${call} ${[safeText(words), ...wrong].join(" ")}`,
    rejection,
    "proxmox.request.rejected",
    wrong.length > 0 ? "Change the inputs that the message names" : "Change what the message names, then apply again",
  );
}

/** Two errors of one parameter are joined by a backslash and an `n`. */
const parameterText = (text: string): string => safeText(text.replaceAll(String.raw`\n`, "; "));

const shown = (path: string): string => decodeURI(path.replace(/\?.*$/, "")).replace(/^\/api2\/json/, "");

/** `Permission check failed (/pool/shop, Pool.Allocate)`; some rejections name neither path nor privilege. */
function rightHint(words: string): string {
  const [, path, privileges] = /\((\/[^,]*), ([^)]+)\)/.exec(words) ?? [];
  if (path === undefined || privileges === undefined) {
    return "Give the token of `connection.token`, and its user, the rights that the documentation of this type lists";
  }
  const wanted = privileges.includes("|") ? `one of ${privileges.replaceAll("|", ", ")}` : privileges;
  return `Give the token of \`connection.token\`, and its user, a role with ${safeText(wanted)} on the path ${safeText(path)}`;
}

const unreachable = ({ asked, status, reason }: Answer): ProviderError =>
  failure(
    `${asked.url} cannot reach ${nodeIn(asked.path)}: ${status} ${safeText(reason)}${outcome(asked.writes)}`,
    "proxmox.node.unreachable",
    "Check that the node runs (`pvecm status`), then apply again: the provider looks first",
  );

const nodeIn = (path: string): string => {
  const [, node] = /\/nodes\/([^/?]+)/.exec(path) ?? [];
  return node === undefined ? "another node of the cluster" : `the node ${safeText(node)}`;
};

const failed = ({ asked, status, reason }: Answer): ProviderError =>
  failure(
    `${asked.url} answers ${asked.method} ${shown(asked.path)} with ${status} ${safeText(reason)}${outcome(asked.writes)}`,
    "proxmox.server.failed",
    "Check `systemctl status pveproxy pvedaemon` on the node, then apply again: the provider looks first",
  );

const outcome = (writes: boolean): string =>
  writes ? "; the request was sent, so it is unknown whether it took effect" : "";
