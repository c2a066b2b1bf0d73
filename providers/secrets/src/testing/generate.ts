import type { Shape, Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { Given } from "../generators/generators.ts";
import { generate as generateSpecified } from "../secret/specification.ts";
import type { Generated, Generator, Origin } from "../generators/generator.ts";

type Written<Inputs extends Shape> = z.input<z.ZodMiniObject<Inputs>>;

/** Runs a generator whose value is text, with inputs as a user writes them. */
export const generate = async <Inputs extends Shape>(
  generator: Generator<Inputs>,
  given: Written<Inputs>,
): Promise<GeneratedText> => asText(await generator.generate(parse(generator, given), {}));

/** The same for inputs that also name the generator; the result has the specification. */
export const generateGiven = async (given: Given) => asText(await generateSpecified(given));

/** The result of a generator whose value is text. */
export type GeneratedText = Omit<Generated, "value"> & { value: string };

function asText<Made extends Generated>(made: Made): Omit<Made, "value"> & { value: string } {
  if (typeof made.value !== "string") throw new TypeError("The value is not text");
  return { ...made, value: made.value };
}

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
