import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { updateUser } from "../testing/by-hand.ts";
import { contentsOf } from "../testing/contents.ts";
import { jpegOfSize, jpegWith, png } from "../testing/pictures.ts";
import { describeLldap } from "../testing/suite.ts";

describeLldap("the avatar of a user", {}, (suite) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nixops4-lldap-avatar-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const apply = async (content: Buffer | undefined) => {
    const avatarFile = join(folder, "ada.jpg");
    await rm(avatarFile, { force: true });
    if (content !== undefined) await writeFile(avatarFile, content);
    return await suite().deployment.create("user", { id: "ada", email: "ada@example.org", avatarFile });
  };
  const stored = async (): Promise<string | undefined> => {
    const { users } = await contentsOf(suite().server);
    return users.find(({ id }) => id === "ada")?.attributes.find(({ name }) => name === "avatar")?.value[0];
  };

  test("is the picture in the file, and the same file is written once", async () => {
    const [one, other] = [jpegWith("one"), jpegWith("other")];
    expect((await apply(one)).outcome).toBe("created");
    expect(await stored()).toBe(one.toString("base64"));
    expect((await apply(one)).outcome).toBe("unchanged");
    expect((await apply(other)).outcome).toBe("updated");
    expect(await stored()).toBe(other.toString("base64"));
  });

  test("is repaired if somebody changes it, and stays if it is not declared", async () => {
    const one = jpegWith("one");
    await apply(one);
    await updateUser(suite().server, "ada", { avatar: jpegWith("by hand").toString("base64") });
    const undeclared = await suite().deployment.create("user", { id: "ada", email: "ada@example.org" });
    expect(undeclared.outcome).toBe("unchanged");
    expect((await apply(one)).outcome).toBe("updated");
    expect(await stored()).toBe(one.toString("base64"));
  });

  test.each([
    ["a PNG", png, "is a PNG, and lldap takes only JPEG"],
    ["no picture", Buffer.from("hello"), "lldap takes only JPEG"],
    ["empty", Buffer.alloc(0), "lldap takes only JPEG"],
    ["too wide", jpegOfSize(5556, 600), "5556 x 600 pixels, and the largest avatar is 1024 x 1024"],
    ["too high", jpegOfSize(600, 1025), "600 x 1025 pixels"],
    ["too large", Buffer.concat([jpegWith("one"), Buffer.alloc(524_288)]), "bytes, and the largest avatar has 524288"],
    ["missing", undefined, "ada.jpg cannot be read"],
  ])("is rejected if the file is %s, before the user is created", async (_what, content, words) => {
    const { error } = await apply(content);
    expect(error).toContain("[lldap.avatar.invalid]");
    expect(error).toContain(words);
    expect(await stored()).toBeUndefined();
    const { users } = await contentsOf(suite().server);
    expect(users.map(({ id }) => id)).toEqual([suite().server.username]);
  });

  test("a damaged JPEG is rejected by lldap itself, and the user is not created", async () => {
    const { error } = await apply(jpegWith("one").subarray(0, 100));
    expect(error).toMatch(/\[lldap\.(request\.refused|avatar\.invalid)\]/);
    expect(await stored()).toBeUndefined();
  });

  test("a destroy does not need the file", async () => {
    await apply(jpegWith("one"));
    const gone = { id: "ada", email: "ada@example.org", avatarFile: join(folder, "gone.jpg") };
    expect((await suite().deployment.destroy("user", gone)).outcome).toBe("deleted");
  });
});
