import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A free TCP port on 127.0.0.1. It is below the range that the kernel uses for outgoing connections, so that none of them
 * takes it before the server does.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_768);
  return (await isFree(port)) ? port : freePort();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
