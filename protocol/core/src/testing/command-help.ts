import { parseArgs } from "node:util";
import { expect, test } from "vitest";
import type { Commands } from "../serve/command.ts";

/** Tests that the help of a provider's own commands explains each argument, and that each example is a valid command line. */
export function testCommandHelp(commands: Commands): void {
  test.each(
    Object.entries(commands).flatMap(([name, command]) => (command === undefined ? [] : [{ name, ...command }])),
  )("explains every argument of $name, and shows an example", ({ usage, options = {}, explained, example }) => {
    const names = Object.keys(explained).flatMap((argument) => argument.match(/--[a-z]+|\b[A-Z]+\b/g) ?? []);
    const used = usage.match(/--[a-z]+|\b[A-Z]+\b/g) ?? [];
    expect(new Set(names)).toEqual(new Set(used));
    expect(used).toEqual(expect.arrayContaining(Object.keys(options).map((option) => `--${option}`)));
    const args = example.match(/'[^']*'|\S+/g) ?? [];
    expect(() => parseArgs({ args, options: { ...options }, allowPositionals: true })).not.toThrow();
  });
}
