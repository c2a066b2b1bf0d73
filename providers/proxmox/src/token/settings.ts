import type { Parameters } from "../api/reader.ts";
import { toFlag } from "../api/values.ts";
import { seenExpiration, toEpoch } from "../time.ts";
import type { Inputs } from "./inputs.ts";
import type { Token } from "./look.ts";

/** Our inputs by Proxmox's parameters. */
export const names = {
  userid: "user",
  tokenid: "name",
  privsep: "privilegeSeparation",
  expire: "expiresAt",
  comment: "comment",
};

type Settings = Pick<Inputs, "comment" | "expiresAt" | "privilegeSeparation">;

/** The settings in the shape of the inputs. What is null is left as it is. */
export const seenSettings = (token: Token, want: Settings): Settings => ({
  privilegeSeparation: token.privilegeSeparation,
  expiresAt: seenExpiration(token.expire, want.expiresAt),
  comment: want.comment === null ? null : token.words,
});

/** Parameters for the settings, without the comment, which contains the mark. Proxmox keeps what is left out. */
export const toParameters = ({ privilegeSeparation, expiresAt }: Settings): Parameters => ({
  privsep: toFlag(privilegeSeparation),
  ...(expiresAt !== null && { expire: toEpoch(expiresAt) }),
});
