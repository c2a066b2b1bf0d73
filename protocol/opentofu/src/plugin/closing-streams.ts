import type { EventEmitter } from "node:events";

interface Stream extends EventEmitter {
  end(): void;
}

/** Time for the last answers to leave the socket, in milliseconds. */
const lingerMilliseconds = 5;

/** The streams that the engine keeps open while it runs. Their end tells a plugin that the engine was killed. */
export class ClosingStreams {
  readonly #open = new Set<Stream>();
  readonly #onClosed: () => void;

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  keep(stream: Stream): void {
    this.#open.add(stream);
    stream.on("cancelled", () => this.#open.delete(stream));
  }

  /** A stream that only the engine's death cancels. */
  keepUntilEngineEnds(stream: Stream): void {
    this.keep(stream);
    stream.on("cancelled", () => this.close());
  }

  close(): void {
    for (const stream of this.#open) stream.end();
    this.#open.clear();
    setTimeout(this.#onClosed, lingerMilliseconds);
  }
}
