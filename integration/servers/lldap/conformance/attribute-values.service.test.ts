import { beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

describe(`values of attributes of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let entries: Entries;
  beforeEach(async () => {
    await resetLldap(server());
    entries = new Entries(server());
  });

  const write = async (type: string, value: string): Promise<unknown> => {
    await entries.addAttribute("User", "mark", type);
    await entries.createUser("bob");
    await entries.updateUser("bob", { insertAttributes: [{ name: "mark", value: [value] }] });
    return (await entries.user("bob")).values["mark"];
  };

  test.each([
    ["STRING", " x ", [" x "]],
    ["STRING", "", undefined],
    ["INTEGER", "007", ["7"]],
    ["INTEGER", "+1", ["1"]],
    ["INTEGER", "-9223372036854775808", ["-9223372036854775808"]],
    ["DATE_TIME", "2019-10-12T07:20:50.52Z", ["2019-10-12T07:20:50.520+00:00"]],
    ["DATE_TIME", "2019-10-12 07:20:50+02:00", ["2019-10-12T05:20:50+00:00"]],
    ["DATE_TIME", "2019-10-12T07:20:50.1234567891Z", ["2019-10-12T07:20:50.123456789+00:00"]],
    ["DATE_TIME", "2016-12-31T23:59:60Z", ["2016-12-31T23:59:60+00:00"]],
  ])("a user's %s value %j becomes %j", async (type, sent, kept) => {
    expect(await write(type, sent)).toEqual(kept);
  });

  test.each([
    ["INTEGER", "9223372036854775808"],
    ["INTEGER", "1.0"],
    ["INTEGER", " 1"],
    ["DATE_TIME", "2019-02-30T00:00:00Z"],
    ["DATE_TIME", "2019-10-12T24:00:00Z"],
    ["DATE_TIME", "2019-10-12T07:20:50"],
    ["DATE_TIME", "2019-10-12"],
  ])("a user's %s value %j is an error", async (type, sent) => {
    await expect(write(type, sent)).rejects.toThrow(/^While deserializing attribute mark$/);
  });

  test("a list keeps order and duplicates, is replaced as a whole, and may be empty", async () => {
    await entries.addAttribute("User", "tags", "STRING", { isList: true });
    await entries.createUser("bob");
    for (const value of [["b", "a", "b", ""], ["z"], []]) {
      await entries.updateUser("bob", { insertAttributes: [{ name: "tags", value }] });
      expect((await entries.user("bob")).values["tags"]).toEqual(value);
    }
    await entries.updateUser("bob", { insertAttributes: [{ name: "tags", value: [""] }] });
    expect((await entries.user("bob")).values).not.toHaveProperty("tags");
  });

  test("an attribute that is no list has exactly one value", async () => {
    await entries.createUser("bob");
    for (const value of [[], ["a", "b"]]) {
      await expect(entries.updateUser("bob", { insertAttributes: [{ name: "first_name", value }] })).rejects.toThrow(
        "While deserializing attribute first_name",
      );
    }
  });

  test("a read-only attribute is not written", async () => {
    await entries.createUser("bob");
    for (const name of ["uuid", "user_id", "creation_date"]) {
      await expect(entries.updateUser("bob", { insertAttributes: [{ name, value: ["x"] }] })).rejects.toThrow(
        `Permission denied: Attribute ${name} is read-only`,
      );
    }
  });

  test("an avatar is a JPEG in base64, or no bytes at the creation", async () => {
    for (const avatar of ["x", "!", Buffer.from("no image").toString("base64"), png, jpeg.slice(0, 24)]) {
      await expect(entries.createUser("bob", { avatar }), avatar).rejects.toThrow(
        "While deserializing attribute avatar",
      );
    }
    await entries.createUser("bob", { avatar: jpeg });
    expect(await entries.user("bob", "avatar")).toMatchObject({ avatar: jpeg });
    await entries.updateUser("bob", { avatar: "" });
    expect(await entries.user("bob", "avatar")).toMatchObject({ avatar: null });
    await entries.createUser("carol", { avatar: "" });
    expect(await entries.user("carol", "avatar")).toMatchObject({ avatar: "" });
  });
});

/** A grey pixel. */
const jpeg =
  "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////" +
  "////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z";
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
