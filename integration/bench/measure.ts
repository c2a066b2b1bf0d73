import { timedRun } from "./timed-run.ts";

/** A measured case: a program that reads one request and answers it. */
export interface Case {
  readonly name: string;
  readonly argv: readonly string[];
  /** A request for each start; if undefined, the program gets no input. */
  readonly request?: (start: number) => object;
  /** Maximum cost, as a multiple of the floor. */
  readonly limit?: number;
}

export interface Result {
  readonly name: string;
  readonly cpuMs: number;
  /** Median of the ratios to the floor of the same round. */
  readonly ratio: number;
  readonly limit: number | undefined;
}

/** Starts per sample: CPU time is counted in milliseconds, and several starts increase the resolution. */
const startsPerSample = 4;
/** Rounds that warm the caches of the machine and of the server, and do not count. */
const warmUpRounds = 2;

/**
 * CPU time of each case as a multiple of the first one, the floor. Every round runs every case in a new order, and ratios
 * are calculated within a round, since consecutive runs differ by more than the measured effects.
 */
export function measure(cases: readonly [Case, ...Case[]], rounds: number): Result[] {
  const samples = new Map(cases.map(({ name }) => [name, new Array<number>()]));
  let starts = 0;
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const { name, argv, request } of shuffled(cases)) {
      const requests = Array.from({ length: startsPerSample }, () => request?.(starts++));
      const { cpuMs, failures } = timedRun({ argv, requests, atOnce: false });
      // A failed start is fast, so it must not count.
      if (failures[0] !== undefined) throw new Error(`${name} failed: ${failures[0]}`);
      if (round >= 0) samples.get(name)?.push(cpuMs / startsPerSample);
    }
  }
  const floor = samples.get(cases[0].name) ?? [];
  return cases.map(({ name, limit }) => {
    const own = samples.get(name) ?? [];
    const ratios = own.map((cpuMs, round) => cpuMs / (floor[round] ?? NaN));
    return { name, cpuMs: median(own), ratio: median(ratios), limit };
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
