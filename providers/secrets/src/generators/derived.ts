import { option, secretRef, type Secret, type Shape, type Values } from "@nixops4-resources/protocol-core";
import { defineGenerator, onlyValue, type Generator } from "./generator.ts";

const sourceInput = () => ({
  source: option(
    secretRef,
    "Secret from which the value is derived: the output `ref` of its resource; it must be in a store. A new version of the source creates a new version automatically; the same version never changes the value.",
  ),
});

type WithSource<Inputs extends Shape> = Inputs & ReturnType<typeof sourceInput>;

/** A generator that derives its value from another secret, such as a hash. */
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
