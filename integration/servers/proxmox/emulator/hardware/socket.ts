import { connect } from "node:net";
import { CommandFailed } from "./hardware.ts";

export interface Command {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

interface Reply {
  readonly return?: unknown;
  readonly error?: { readonly desc?: string };
}

/**
 * Sends two commands to a socket of QEMU, the second of which counts, and returns its result. Greetings, events and answers
 * to earlier clients are skipped: the result of the first command tells where ours begin. Source: PVE/QMPClient.pm
 */
export function ask(
  path: string,
  first: Command,
  isFirst: (result: unknown) => boolean,
  command: Command,
  seconds = 3,
) {
  return new Promise<unknown>((resolve, reject) => {
    const socket = connect(path);
    const timer = setTimeout(() => socket.destroy(new Error(`no answer to ${command.execute}`)), seconds * 1000);
    let isOurs = false;
    let rest = "";
    const take = (line: string): void => {
      const reply = replyIn(line);
      if (reply === undefined) return;
      if (!isOurs) isOurs = isFirst(reply.return);
      else {
        if (reply.error === undefined) resolve(reply.return);
        else reject(new CommandFailed(reply.error.desc ?? "unknown error"));
        socket.destroy();
      }
    };
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(take);
    });
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error(`the connection ended before the answer to ${command.execute}`));
    });
    socket.write(`${JSON.stringify(first)}\n${JSON.stringify(command)}\n`);
  });
}

/** The agent marks the beginning of an answer by a byte that is no text. */
function replyIn(line: string): Reply | undefined {
  const text = line.replace(/^.*\u00ff/s, "").trim();
  if (text === "") return undefined;
  const reply: Reply = JSON.parse(text);
  return "return" in reply || "error" in reply ? reply : undefined;
}
