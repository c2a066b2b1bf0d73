import { AnswerProxy, type ByteFault } from "./answer-proxy.ts";
import type { Wire } from "./backend.ts";
import { WrongAnswers, wrongAnswers, type WrongAnswer } from "./wrong-answers.ts";

/** Faults of a protocol that sends bytes over TCP. */
export const bytesWire = (faults: Readonly<Record<string, ByteFault>>): Wire => ({
  faults: Object.keys(faults),
  start: async (target, fault) =>
    await AnswerProxy.start(target, fault && { call: fault.call, by: faultOf(faults, fault.by) }),
});

const isLate = " after the server did it";
const namesOfHttp = Object.keys(wrongAnswers).flatMap((name) => [name, name + isLate]);

/** Faults of HTTP without TLS. Each stands in place of the server, or of its answer. */
export const httpWire: Wire = {
  faults: namesOfHttp,
  async start(target, fault) {
    const by = fault?.by.replace(isLate, "") ?? "";
    if (fault !== undefined && !isWrongAnswer(by)) throw new TypeError(`Unknown fault: ${by}`);
    const proxy = await WrongAnswers.start(
      target,
      fault && isWrongAnswer(by) ? { call: fault.call, by, afterTheServer: fault.by.endsWith(isLate) } : undefined,
    );
    return {
      endpoint: proxy.endpoint,
      get count() {
        return proxy.calls.length;
      },
      [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
    };
  },
};

/** Whether a request of HTTP without TLS may write, by its method. Source: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
export const isHttpWrite = (begin: Buffer): boolean => /^(POST|PUT|PATCH|DELETE) /.test(begin.toString("latin1"));

/** Faults of PostgreSQL without TLS. */
export const postgresWire = bytesWire({
  cut: (genuine) => ({ bytes: genuine.subarray(0, Math.floor(genuine.length / 2)), closes: true }),
  garbage: () => ({ bytes: Buffer.alloc(64, 0xa5), closes: true }),
  ErrorResponse: () => ({ bytes: errorResponse("XX000", "a planted fault"), closes: false }),
});

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: ErrorResponse and ReadyForQuery. */
function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SERROR\0VERROR\0C${code}\0M${message}\0\0`);
  const head = Buffer.from("E\0\0\0\0");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields, Buffer.from("Z\0\0\0\x05I")]);
}

function faultOf(faults: Readonly<Record<string, ByteFault>>, name: string): ByteFault {
  const fault = faults[name];
  if (fault === undefined) throw new TypeError(`Unknown fault: ${name}`);
  return fault;
}

const isWrongAnswer = (name: string): name is WrongAnswer => Object.hasOwn(wrongAnswers, name);
