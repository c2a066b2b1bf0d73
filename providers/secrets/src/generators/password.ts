import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineGenerator, onlyValue } from "./generator.ts";

/** Characters that need no quoting in URLs, shells, INI files and connection strings: 6 bits each. */
const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export const password = defineGenerator({
  description: "Random characters of an alphabet, all equally likely.",
  inputs: () => ({
    length: option(z.int().check(z.minimum(4), z.maximum(1024)), "Number of characters.", 32),
    alphabet: option(
      z.string().check(z.minLength(2)),
      "Characters to choose from. The default characters need no quoting in URLs and shells.",
      urlSafe,
    ),
    requiredClasses: option(
      z.array(z.string().check(z.minLength(1))).check(z.maxLength(4)),
      'Sets of characters, such as `"0123456789"`; the password contains at least one character of each. For services that require this. They are added to the alphabet.',
      [],
    ),
  }),
  async generate({ length, alphabet, requiredClasses }) {
    const { randomInt } = await import("node:crypto");
    const characters = [...new Set([alphabet, ...requiredClasses].join(""))];
    const classes = requiredClasses.map((text) => new Set(text));
    // Redraws the whole password until it fits, so that all fitting passwords are equally likely.
    for (;;) {
      const drawn = Array.from({ length }, () => characters[randomInt(characters.length)] ?? "");
      if (classes.every((one) => drawn.some((character) => one.has(character)))) return onlyValue(drawn.join(""));
    }
  },
});
