import { option, secretRef, type Secret, type Shape, type Values } from "@nixops4-resources/protocol-core";
import { defineGenerator, onlyValue, type Generator } from "./generator.ts";

const sourceInput = () => ({
  source: option(
    secretRef,
    "The secret that it is made from, in a store: the output `ref` of its resource. Another version of it gives a new version by itself; the same version never gives another value.",
  ),
});

type WithSource<Inputs extends Shape> = Inputs & ReturnType<typeof sourceInput>;

/** A generator of what is made from another secret, such as its hash. */
export function defineDerived<Inputs extends Shape>(
  description: string,
  inputs: () => Inputs,
  derive: (source: Secret, inputs: Values<Inputs>) => Promise<string>,
): Generator<WithSource<Inputs>> {
  return defineGenerator<WithSource<Inputs>>({
    description,
    inputs: () => ({ ...sourceInput(), ...inputs() }),
    origin: {
      input: "source",
      async identify({ source }) {
        const { identifySource } = await import("./source.ts");
        return await identifySource(source);
      },
    },
    async generate(given, origin) {
      const { revealSource } = await import("./source.ts");
      return onlyValue(await derive(await revealSource(given.source, origin), given));
    },
  });
}
