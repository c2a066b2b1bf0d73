/** How a file's format writes a value. */
interface Format {
  /** What is wrong with a line that has placeholders; undefined if nothing is. */
  flaw(line: string): string | undefined;
  /** The line with the values in place of the placeholders. */
  fill(line: string, valueOf: (name: string) => string): string;
}

/** `{{ name }}`, with or without blanks. */
const placeholder = /\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}/g;

export const placeholdersIn = (line: string): string[] => [...line.matchAll(placeholder)].map(([, name = ""]) => name);

const fillAll = (text: string, valueOf: (name: string) => string): string =>
  text.replace(placeholder, (_whole, name: string) => valueOf(name));

/** `NAME=value`, whose value is written in quotes as a whole. */
function assignments(quote: (value: string) => string): Format {
  const parts = /^(\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*)=(.*)$/;
  return {
    flaw(line) {
      const [, , value] = parts.exec(line) ?? [];
      if (value === undefined) return "a placeholder must stand in the value of a line `NAME=value`";
      return /["'`\\$]/.test(value)
        ? "a value with a placeholder is quoted as a whole, so it has no quotes, `\\` or `$`"
        : undefined;
    },
    fill(line, valueOf) {
      const [, name = "", value = ""] = parts.exec(line) ?? [];
      return `${name}=${quote(fillAll(value, valueOf))}`;
    },
  };
}

export const formats = {
  plain: { flaw: () => undefined, fill: fillAll },

  // Read by systemd (systemd.exec(5), EnvironmentFile=) and by the shell of programs that source the same file: both take
  // these four characters after a backslash, and line breaks as they are.
  systemdEnvironment: assignments((value) => `"${value.replace(/["\\$`]/g, String.raw`\$&`)}"`),

  // https://github.com/vlucas/phpdotenv, which Laravel uses: an escaped backtick would be an error.
  dotenv: assignments((value) => `"${value.replace(/["\\$]/g, String.raw`\$&`)}"`),

  // A JSON string is a double-quoted scalar of YAML. https://yaml.org/spec/1.2.2/#733-double-quoted-style
  yaml: {
    flaw: (line) =>
      /^(?:.*[\s[{,])?\{\{[^{}]*\}\}\s*(?:[\]},#].*)?$/.test(line) && !/["']/.test(line)
        ? undefined
        : "a placeholder must be a whole value, without quotes",
    fill: (line, valueOf) => fillAll(line, (name) => JSON.stringify(valueOf(name))),
  },
} satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
