import { Driver, type Run } from "../compositions/driver.ts";
import { makeSurroundings } from "../compositions/surroundings.ts";

/** Two operators with three applications each: applied by the driver, and again without changes. */
export async function applications(say: (line: string) => void): Promise<void> {
  await using surroundings = await makeSurroundings();
  const driver = new Driver(surroundings);
  const first = await timed(() => driver.run("apply", "first"));
  const again = await timed(() => driver.run("apply", "first"));
  say(
    `\nsix applications, ${Object.keys(first.run.outcomes).length} members: driver ${first.seconds.toFixed(1)} s, ` +
      `again with nothing to do ${again.seconds.toFixed(1)} s`,
  );
}

async function timed(start: () => Promise<Run>): Promise<{ run: Run; seconds: number }> {
  const started = performance.now();
  const run = await start();
  if (run.status !== 0) throw new Error(run.text);
  return { run, seconds: (performance.now() - started) / 1000 };
}
