import { AlreadyExists, defineResource } from "@nixops4-resources/protocol-core";
import { isRejected } from "../api/failure.ts";
import { connectReader } from "../api/reader.ts";
import { connectWriter } from "../api/writer.ts";
import { commentWith } from "../comment.ts";
import { connection } from "../connection.ts";
import { requireMarked, whileLocked } from "../lock.ts";
import { requireDeletable, requireUsable } from "./guards.ts";
import { inputs, outputs } from "./inputs.ts";
import { findUser, listAccounts, pathOfUser } from "./look.ts";
import { names, seenSettings, toParameters } from "./settings.ts";

export default defineResource({
  type: "user",
  description:
    "A user, whose tokens a tenant or a program uses. It gets no password: an API token may set one only while it creates a user. A line of its comment is the mark of the deployment.",
  requireState: false,
  identity: ["userId"],
  connection,
  inputs,
  outputs,
  immutable: {
    userId: "Declare a user of the new id, and destroy this one: its tokens belong to the id",
  },
  stableOutputs: ["userId"],
  leastRights:
    "The token needs `User.Modify` on the path `/access/groups`, and `Realm.AllocateUser` on `/access/realm/<realm>` to create and destroy. To destroy without `confirmLoss`, it also needs `Permissions.Modify` on `/` with propagation, to see the permissions that would be lost.",
  example: { userId: "shop@pve", comment: "Machines of the shop" },

  label: ({ userId }) => userId,
  connectReader,
  connectWriter,

  async read(client, want) {
    const user = await findUser(client, want.userId);
    if (user === undefined) return undefined;
    if (client.needsSecrets) await requireUsable(client, want, user);
    return {
      mark: user.mark,
      inputs: { userId: want.userId, ...seenSettings(user, want) },
      outputs: { userId: want.userId },
    };
  },

  create: (client, want, mark) =>
    whileLocked("user", want.userId, async () => {
      const { userId: userid, comment } = want;
      const parameters = { userid, comment: commentWith(comment, mark), ...toParameters(want, () => true) };
      try {
        await client.change("POST", "/access/users", parameters, names);
      } catch (error) {
        if (isRejected(error) && (await findUser(client, userid)) !== undefined) throw new AlreadyExists(userid);
        throw error;
      }
    }),

  update: (client, want, { changed, mark }) =>
    whileLocked("user", want.userId, async () => {
      const user = requireMarked(await findUser(client, want.userId), mark);
      await requireUsable(client, want, user);
      await client.change(
        "PUT",
        pathOfUser(want.userId),
        {
          ...toParameters(want, (name) => changed.has(name)),
          ...(changed.has("comment") && { comment: commentWith(want.comment, mark) }),
        },
        names,
      );
    }),

  setMark: (client, { userId }, mark, expected) =>
    whileLocked("user", userId, async () => {
      const { words } = requireMarked(await findUser(client, userId), expected);
      await client.change("PUT", pathOfUser(userId), { comment: commentWith(words, mark) }, names);
    }),

  delete: (client, want, { mark }) =>
    whileLocked("user", want.userId, async () => {
      const user = await findUser(client, want.userId);
      if (user === undefined) return;
      requireMarked(user, mark);
      await requireDeletable(client, want, user);
      try {
        await client.remove(pathOfUser(want.userId));
      } catch (error) {
        if (!isRejected(error) || (await findUser(client, want.userId)) !== undefined) throw error;
      }
    }),

  async list(client, managedBy) {
    const accounts = await listAccounts(client);
    return accounts.flatMap(({ user: userId, token, mark }) =>
      token === undefined && mark?.managedBy === managedBy && mark.type === "user"
        ? [{ label: userId, inputs: { userId }, mark }]
        : [],
    );
  },
});
