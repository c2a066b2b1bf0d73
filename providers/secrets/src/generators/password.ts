import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineGenerator, onlyValue } from "./generator.ts";

/** Characters that need no quoting in URLs, shells, INI files and connection strings: 6 bits each. */
const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export const password = defineGenerator({
  description: "Random characters of an alphabet, each as likely as the others.",
  inputs: () => ({
    length: option(z.int().check(z.minimum(4), z.maximum(1024)), "Number of characters.", 32),
    alphabet: option(
      z.string().check(z.minLength(2)),
      "The characters that it is made of. Those of the default need no quoting in URLs and shells.",
      urlSafe,
    ),
    requiredClasses: option(
      z.array(z.string().check(z.minLength(1))).check(z.maxLength(4)),
      'For services that insist on it: sets of characters, such as `"0123456789"`, of which it has at least one each. They belong to the alphabet, whether or not it names them.',
      [],
    ),
  }),
  async generate({ length, alphabet, requiredClasses }) {
    const { randomInt } = await import("node:crypto");
    const characters = [...new Set([alphabet, ...requiredClasses].join(""))];
    const classes = requiredClasses.map((text) => new Set(text));
    // Drawn anew as a whole until it fits: so every password that fits is as likely as any other.
    for (;;) {
      const drawn = Array.from({ length }, () => characters[randomInt(characters.length)] ?? "");
      if (classes.every((one) => drawn.some((character) => one.has(character)))) return onlyValue(drawn.join(""));
    }
  },
});
