import type { Shape, Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { Generated, Generator, Origin } from "../generators/generator.ts";

type Written<Inputs extends Shape> = z.input<z.ZodMiniObject<Inputs>>;

/** Runs the generator with inputs as a user writes them. */
export const generate = async <Inputs extends Shape>(
  generator: Generator<Inputs>,
  given: Written<Inputs>,
): Promise<Generated> => generator.generate(parse(generator, given), {});

/** The origin that the generator would use. */
export const originOf = async <Inputs extends Shape>(
  generator: Generator<Inputs>,
  given: Written<Inputs>,
): Promise<Origin | undefined> => generator.origin?.identify(parse(generator, given));

function parse<Inputs extends Shape>(generator: Generator<Inputs>, given: Written<Inputs>): Values<Inputs> {
  const inputs: Shape = generator.inputs();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by these very inputs
  return z.strictObject(inputs).parse(given) as Values<Inputs>;
}
